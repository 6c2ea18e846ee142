using System.Collections.Immutable;

namespace Distributed.Benchmarks.Throughput;

/// <summary>One side of a case: its processes, which do each step together, and what their steps have cost.</summary>
internal sealed class Contestant : IDisposable
{
    private readonly ImmutableArray<StepProcess> _ranks;

    /// <param name="name">Name in the table.</param>
    /// <param name="commandLines">Arguments of each process.</param>
    public Contestant(string name, params IEnumerable<string[]> commandLines)
    {
        Name = name;
        _ranks = [.. commandLines.Select(arguments => new StepProcess(arguments))];
        foreach (var rank in _ranks)
            rank.WaitUntilReady();
    }

    /// <summary>Name in the table.</summary>
    public string Name { get; }

    /// <summary>Figures of rank 0 over all measured rounds.</summary>
    public StepFigures Figures { get; private set; } = StepFigures.None;

    /// <summary>Largest peak memory of a process.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Steps that are not measured.</summary>
    public void WarmUp(int steps) => Step(steps);

    /// <summary>Steps that are measured.</summary>
    public void Measure(int steps) => Figures = Figures.Then(Step(steps));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var rank in _ranks)
            rank.Dispose();
    }

    private StepFigures Step(int steps)
    {
        foreach (var rank in _ranks)
            rank.Ask(steps);
        var answers = _ranks.Select(rank => rank.Answer()).ToArray();
        PeakBytes = answers.Max(answer => answer.PeakBytes);
        return answers[0].Figures;
    }
}
