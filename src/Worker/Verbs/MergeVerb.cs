using System.CommandLine;

namespace Distributed.Worker.Verbs;

/// <summary>`merge --model DIR --adapter DIR --output DIR`: a LoRA adapter into the weights of its base model.</summary>
internal static class MergeVerb
{
    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        Option<string> model = new("--model") { Description = "Folder of the base model.", Required = true, HelpName = "DIR" };
        Option<string> adapter = new("--adapter") { Description = "Folder of the adapter, in PEFT's format.", Required = true, HelpName = "DIR" };
        Option<string> output = new("--output") { Description = "Folder for the merged model; must not exist.", Required = true, HelpName = "DIR" };

        Command command = new("merge", "Adds a LoRA adapter to the weights of its base model.") { model, adapter, output };
        command.SetVerb((arguments, _) =>
        {
            MergeRun.Run(arguments.GetRequiredValue(model), arguments.GetRequiredValue(adapter), arguments.GetRequiredValue(output));
            return Task.CompletedTask;
        });
        return command;
    }
}
