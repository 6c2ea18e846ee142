using System.Collections.Immutable;

namespace Distributed.Training.Losses.Pairs.Objectives;

/// <summary><c>½ D²</c> of a pair that belongs together, <c>½ max(0, margin − D)²</c> of one that does not; their mean or sum.</summary>
internal sealed class ContrastiveObjective(double margin, bool sum) : PairObjective
{
    public override double Value(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores)
    {
        var total = 0.0;
        for (var row = 0; row < numbers.Length; row++)
            total += 0.5 * Math.Pow(Violation(numbers[row], scores[row]), 2);
        return total / Divisor(numbers.Length);
    }

    public override double[] Slopes(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores)
    {
        var slopes = new double[numbers.Length];
        for (var row = 0; row < slopes.Length; row++)
            slopes[row] = (scores[row] == 1 ? 1 : -1) * Violation(numbers[row], scores[row]) / Divisor(numbers.Length);
        return slopes;
    }

    public override IReadOnlyDictionary<string, double> Measures(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores)
    {
        var active = 0;
        for (var row = 0; row < numbers.Length; row++)
            active += Violation(numbers[row], scores[row]) > 0 ? 1 : 0;
        return ImmutableDictionary<string, double>.Empty.Add("active_pairs", (double)active / numbers.Length);
    }

    private double Violation(double distance, float score) => score == 1 ? distance : Math.Max(0, margin - distance);

    private double Divisor(int pairs) => sum ? 1 : pairs;
}
