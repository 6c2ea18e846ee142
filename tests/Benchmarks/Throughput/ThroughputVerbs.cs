using System.Collections.Immutable;
using System.CommandLine;

namespace Distributed.Benchmarks.Throughput;

/// <summary>Verbs that compare rows per second with those of plain TorchSharp.</summary>
internal static class ThroughputVerbs
{
    private const int DefaultRounds = 4;
    private const int DefaultSteps = 2;

    /// <summary>`throughput`: our step and the peer's, side by side.</summary>
    public static Command Train() => OverCases(
        "throughput", "Rows per second of a training step, beside the peer's step in plain TorchSharp.", ThroughputCase.All,
        benchmark => Contestant.Training([benchmark.Name]));

    /// <summary>`encode-throughput`: our encoding and the peer's, side by side.</summary>
    public static Command Encode() => OverCases(
        "encode-throughput", "Texts per second of encoding, beside plain TorchSharp.", ThroughputCase.AllMiniLm,
        benchmark => [Contestant.Alone("peer", [SideVerbs.PeerEncoding, benchmark.Name]), Contestant.Alone("1 worker", [SideVerbs.OurEncoding, benchmark.Name])]);

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
