using System.Collections.Immutable;

namespace Distributed.Training.Losses.Pairs.Objectives;

/// <summary>A loss over the numbers of all pairs of a batch and their scores. Works in float64 and in one order, so that every rank gets the same bits.</summary>
internal abstract class PairObjective
{
    /// <summary>The loss.</summary>
    public abstract double Value(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores);

    /// <summary>∂loss/∂number of each pair.</summary>
    public abstract double[] Slopes(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores);

    /// <summary>Figures for logs.</summary>
    public virtual IReadOnlyDictionary<string, double> Measures(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores) =>
        ImmutableDictionary<string, double>.Empty;
}
