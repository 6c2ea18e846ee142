using System.Collections.Immutable;
using System.Globalization;

namespace Distributed.Benchmarks.Throughput;

/// <summary>One side of a case: its processes, which do each step together, and what their steps have cost.</summary>
internal sealed class Contestant : IDisposable
{
    private readonly ImmutableArray<StepProcess> _ranks;

    private Contestant(string name, ImmutableArray<StepProcess> ranks)
    {
        (Name, _ranks) = (name, ranks);
        foreach (var rank in _ranks)
            rank.WaitUntilReady();
    }

    /// <summary>The peer's step: one process.</summary>
    public static Contestant Peer(ThroughputCase benchmark) => new("peer", [new StepProcess([BenchmarkVerbs.PeerSide, benchmark.Name])]);

    /// <summary>Our step on so many workers.</summary>
    public static Contestant Ours(ThroughputCase benchmark, int workers)
    {
        ImmutableArray<StepProcess> ranks =
        [
            .. Enumerable.Range(0, workers).Select(rank => new StepProcess([BenchmarkVerbs.OurSide, benchmark.Name, rank.ToString(CultureInfo.InvariantCulture)])),
        ];
        var endpoints = ranks.Select(rank => rank.Endpoint()).ToArray();
        foreach (var rank in ranks)
            rank.Connect(endpoints);
        return new Contestant(workers == 1 ? "1 worker" : $"{workers} workers", ranks);
    }

    /// <summary>Name in the table.</summary>
    public string Name { get; }

    /// <summary>Figures of rank 0 over all measured rounds.</summary>
    public StepFigures Figures { get; private set; } = StepFigures.None;

    /// <summary>Processor time of all ranks over all measured rounds: what a busy machine does not distort.</summary>
    public double ProcessorSeconds { get; private set; }

    /// <summary>Largest peak memory of a process.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Steps that are not measured.</summary>
    public void WarmUp(int steps) => Ask(steps);

    /// <summary>Steps that are measured.</summary>
    public void Measure(int steps)
    {
        var answers = Ask(steps);
        Figures = Figures.Then(answers[0].Figures);
        ProcessorSeconds += answers.Sum(answer => answer.ProcessorSeconds);
        PeakBytes = answers.Max(answer => answer.PeakBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var rank in _ranks)
            rank.Dispose();
    }

    private StepAnswer[] Ask(int steps)
    {
        foreach (var rank in _ranks)
            rank.Ask(steps);
        return [.. _ranks.Select(rank => rank.Answer())];
    }
}
