using System.Collections.Immutable;

namespace Distributed.Training.Losses.Pairs.Objectives;

/// <summary><c>Σ D²</c> of the hard positives and <c>Σ max(0, margin − D)²</c> of the hard negatives, where the others of the batch say what is hard.</summary>
internal sealed class OnlineContrastiveObjective(double margin) : PairObjective
{
    public override double Value(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores)
    {
        var hard = HardPairs.Of(numbers, scores);
        var total = 0.0;
        for (var row = 0; row < numbers.Length; row++)
            total += Math.Pow(Violation(hard, numbers[row], scores[row]), 2);
        return total;
    }

    public override double[] Slopes(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores)
    {
        var hard = HardPairs.Of(numbers, scores);
        var slopes = new double[numbers.Length];
        for (var row = 0; row < slopes.Length; row++)
            slopes[row] = (scores[row] == 1 ? 2 : -2) * Violation(hard, numbers[row], scores[row]);
        return slopes;
    }

    public override IReadOnlyDictionary<string, double> Measures(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores)
    {
        var hard = HardPairs.Of(numbers, scores);
        var active = 0;
        for (var row = 0; row < numbers.Length; row++)
            active += Violation(hard, numbers[row], scores[row]) > 0 ? 1 : 0;
        return ImmutableDictionary<string, double>.Empty.Add("active_pairs", (double)active / numbers.Length);
    }

    private double Violation(HardPairs hard, double distance, float score) => score == 1
        ? distance > hard.PositivesAbove ? distance : 0
        : distance < hard.NegativesBelow ? Math.Max(0, margin - distance) : 0;
}
