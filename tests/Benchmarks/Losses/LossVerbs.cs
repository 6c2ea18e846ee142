using System.CommandLine;
using System.Text.Json;

namespace Distributed.Benchmarks.Losses;

/// <summary>Verbs about losses and large batches.</summary>
internal static class LossVerbs
{
    private static readonly int[] DefaultRows = [1024, 2048, 4096, 8192, 16384, 32768, 65536];

    /// <summary>`loss-scale`: the losses alone.</summary>
    public static Command Scale()
    {
        var (losses, rows) = (Losses(), Rows());
        Command command = new("loss-scale", "Time and memory of the losses alone against the batch size, tiled and with the full matrix.") { losses, rows };
        command.SetAction(arguments =>
            new LossScaleRun(arguments.InvocationConfiguration.Output).Run(arguments.GetRequiredValue(losses), arguments.GetRequiredValue(rows)));
        return command;
    }

    /// <summary>`batch-memory`: a whole training step.</summary>
    public static Command Memory()
    {
        var (losses, rows) = (Losses(), Rows());
        Command command = new("batch-memory", "Peak memory and time of training steps against the batch size, over those of 64 rows through the same data.") { losses, rows };
        command.SetAction(arguments =>
            new BatchMemoryRun(arguments.InvocationConfiguration.Output).Run(arguments.GetRequiredValue(losses), arguments.GetRequiredValue(rows)));
        return command;
    }

    /// <summary>The processes of the two.</summary>
    public static IEnumerable<Command> Children() =>
    [
        Child(BenchmarkVerbs.LossSide, words => Task.FromResult(JsonSerializer.Serialize(LossScaleChild.Run(LossScaleCase.Parse(words))))),
        Child(BenchmarkVerbs.MemorySide, async words => JsonSerializer.Serialize(await BatchMemoryChild.RunAsync(BatchMemoryCase.Parse(words)))),
    ];

    private static Command Child(string verb, Func<string[], Task<string>> run)
    {
        Argument<string[]> words = new("case");
        Command command = new(verb) { words };
        command.Hidden = true;
        command.SetAction(async (arguments, _) => await Console.Out.WriteLineAsync(await run(arguments.GetRequiredValue(words))));
        return command;
    }

    private static Option<string[]> Losses()
    {
        Option<string[]> losses = new("--losses") { AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. LossScaleCase.Losses] };
        losses.AcceptOnlyFromAmong([.. LossScaleCase.Losses]);
        return losses;
    }

    private static Option<int[]> Rows() => new("--rows") { AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => DefaultRows };
}
