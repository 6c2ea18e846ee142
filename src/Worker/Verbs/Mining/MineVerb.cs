using System.CommandLine;
using Distributed.Hub;
using Distributed.Worker.Verbs.Groups;
using Distributed.Worker.Verbs.Models;

namespace Distributed.Worker.Verbs.Mining;

/// <summary>`mine --model MODEL --pairs FILE --output FILE`: pairs to pairs with hard negatives.</summary>
internal static class MineVerb
{
    /// <summary>The verb with its options.</summary>
    public static Command Create(HubOptions hub)
    {
        var model = VerbOptions.Model();
        MineFileOptions files = new();
        MineSelectionOptions selection = new();
        GroupOptions group = new("Worker processes that share the work; default 2. They do not change the result.");
        var threads = VerbOptions.Threads("Threads of matrix products in each process; default 1. They may change the last bits of an embedding.");
        var tokens = VerbOptions.BatchTokens();

        Command command = new("mine", "Adds hard negatives to pairs: texts that a model takes for the answer though they are not.") { model };
        files.AddTo(command);
        selection.AddTo(command);
        group.AddTo(command);
        command.Options.Add(threads);
        command.Options.Add(tokens);
        command.SetVerb((arguments, _) =>
        {
            var options = selection.Options(arguments);
            var name = arguments.GetRequiredValue(model);
            if ((group.Conflict(arguments) ?? selection.Conflict(arguments) ?? files.Conflict(arguments, name, options.Negatives)) is { } conflict)
                throw new VerbException(conflict);
            var asked = new MineArguments
            {
                Model = name,
                Options = options,
                Input = files.Input(arguments),
                Output = files.Layout(arguments),
                Threads = arguments.GetValue(threads) ?? 1,
                TokensPerMicroBatch = arguments.GetValue(tokens) ?? VerbOptions.DefaultBatchTokens,
            };
            var streams = arguments.InvocationConfiguration;
            return new MineRun(asked, group.PlaceOf(arguments), new ModelSource(hub, streams.Error, TimeProvider.System), streams.Output, streams.Error, TimeProvider.System).RunAsync();
        });
        return command;
    }
}
