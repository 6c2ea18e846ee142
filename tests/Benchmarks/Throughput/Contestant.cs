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

    /// <summary>A side of one process.</summary>
    /// <param name="name">Name in the table.</param>
    /// <param name="words">The process's verb and case.</param>
    public static Contestant Alone(string name, IEnumerable<string> words) => new(name, [new StepProcess(words)]);

    /// <summary>Training beside the peer: the peer's step, ours on one worker, and ours on two.</summary>
    /// <param name="words">The case.</param>
    public static ImmutableArray<Contestant> Training(IReadOnlyCollection<string> words) =>
        [Alone("peer", [SideVerbs.PeerTraining, .. words]), Ours(words, workers: 1), Ours(words, workers: 2)];

    private static Contestant Ours(IReadOnlyCollection<string> words, int workers)
    {
        ImmutableArray<StepProcess> ranks =
        [
            .. Enumerable.Range(0, workers).Select(rank => new StepProcess([SideVerbs.OurTraining, rank.ToString(CultureInfo.InvariantCulture), .. words])),
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

    /// <summary>Peak memory of all its processes together.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Steps that are not measured.</summary>
    public void WarmUp(int steps) => Ask(steps);

    /// <summary>Steps that are measured.</summary>
    public void Measure(int steps)
    {
        var answers = Ask(steps);
        Figures = Figures.Then(answers[0].Figures);
        ProcessorSeconds += answers.Sum(answer => answer.ProcessorSeconds);
        PeakBytes = answers.Sum(answer => answer.PeakBytes);
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
