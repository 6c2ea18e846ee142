using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Distributed.Benchmarks.Finetuning;

namespace Distributed.Benchmarks.Throughput;

/// <summary>Verbs that compare rows per second with those of plain TorchSharp.</summary>
internal static class ThroughputVerbs
{
    private const int DefaultRounds = 4;
    private const int DefaultSteps = 2;
    private const int DefaultFinetuneSteps = 10;

    /// <summary>`throughput`: our step and the peer's, side by side.</summary>
    public static Command Train() => OverCases(
        "throughput", "Rows per second of a training step, beside the peer's step in plain TorchSharp.", ThroughputCase.All,
        benchmark => Contestant.Training([benchmark.Name]));

    /// <summary>`encode-throughput`: our encoding and the peer's, side by side.</summary>
    public static Command Encode() => OverCases(
        "encode-throughput", "Texts per second of encoding, beside plain TorchSharp.", ThroughputCase.AllMiniLm,
        benchmark => [Contestant.Alone("peer", [SideVerbs.PeerEncoding, benchmark.Name]), Contestant.Alone("1 worker", [SideVerbs.OurEncoding, benchmark.Name])]);

    /// <summary>`finetune-step`: fine-tuning of a published model.</summary>
    public static Command Finetune()
    {
        Option<string> model = new("--model") { Required = true, Description = "Folder of a published BERT." };
        Option<string> rows = new("--rows") { Required = true, Description = "JSON lines with anchor, positive and negative." };
        Option<int> steps = new("--steps") { Description = "Steps that are measured, by turns of one.", DefaultValueFactory = _ => DefaultFinetuneSteps };
        Command command = new("finetune-step", "Time and memory of fine-tuning a published model, beside the peer's step in plain TorchSharp.") { model, rows, steps };
        command.SetAction(arguments => Finetune(
            Path.GetFullPath(arguments.GetRequiredValue(model)), Path.GetFullPath(arguments.GetRequiredValue(rows)),
            arguments.GetValue(steps), arguments.InvocationConfiguration.Output));
        return command;
    }

    private static void Finetune(string model, string rows, int steps, TextWriter output)
    {
        var all = BenchmarkData.Of(FinetuneJob.Of(model, rows)).Set.Rows.Length;
        var sides = Contestant.Training([model, rows]);
        var run = new ThroughputRun(output, ThroughputRun.DefaultWarmUpSteps, rounds: steps, stepsPerRound: 1);
        run.WriteHeading();
        run.Run("finetune", sides);
        foreach (var side in sides)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{side.Name}: {all / side.Figures.RowsPerSecond:F0} s for all {all} rows, from {side.Figures.Rows} of them"));
    }

    private static Command OverCases(string verb, string description, ImmutableArray<ThroughputCase> cases, Func<ThroughputCase, ImmutableArray<Contestant>> sides)
    {
        Argument<string[]> names = new("case") { Description = "Cases; without one all of them." };
        Option<int> warmUp = new("--warm-up") { Description = "First steps of each side, which are not measured.", DefaultValueFactory = _ => ThroughputRun.DefaultWarmUpSteps };
        Option<int> rounds = new("--rounds") { Description = "Turns of each side.", DefaultValueFactory = _ => DefaultRounds };
        Option<int> steps = new("--steps") { Description = "Steps of a turn.", DefaultValueFactory = _ => DefaultSteps };
        names.AcceptOnlyFromAmong([.. cases.Select(benchmark => benchmark.Name)]);
        Command command = new(verb, description) { names, warmUp, rounds, steps };
        command.SetAction(arguments =>
        {
            var wanted = arguments.GetRequiredValue(names);
            var run = new ThroughputRun(
                arguments.InvocationConfiguration.Output, arguments.GetValue(warmUp), arguments.GetValue(rounds), arguments.GetValue(steps));
            run.WriteHeading();
            foreach (var benchmark in cases.Where(benchmark => wanted.Length == 0 || wanted.Contains(benchmark.Name)))
                run.Run(benchmark.Name, sides(benchmark));
        });
        return command;
    }
}
