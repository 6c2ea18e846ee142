using System.CommandLine;
using Distributed.Hub;
using Distributed.Worker.Verbs.Models;

namespace Distributed.Worker.Verbs;

/// <summary>`merge --model MODEL --adapter DIR --output DIR`: a LoRA adapter into the weights of its base model.</summary>
internal static class MergeVerb
{
    /// <summary>The verb with its options.</summary>
    public static Command Create(HubOptions hub)
    {
        var model = VerbOptions.Model();
        Option<string> adapter = new("--adapter") { Description = "Folder of the adapter, in PEFT's format.", Required = true, HelpName = "DIR" };
        Option<string> output = new("--output") { Description = "Folder for the merged model; must not exist.", Required = true, HelpName = "DIR" };

        Command command = new("merge", "Adds a LoRA adapter to the weights of its base model.") { model, adapter, output };
        command.SetVerb((arguments, cancellationToken) =>
        {
            var models = new ModelSource(hub, arguments.InvocationConfiguration.Error, TimeProvider.System);
            return MergeRun.RunAsync(models, arguments.GetRequiredValue(model), arguments.GetRequiredValue(adapter), arguments.GetRequiredValue(output), cancellationToken);
        });
        return command;
    }
}
