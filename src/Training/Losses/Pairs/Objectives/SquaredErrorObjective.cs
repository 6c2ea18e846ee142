namespace Distributed.Training.Losses.Pairs.Objectives;

/// <summary>Mean of <c>(number − score)²</c>.</summary>
internal sealed class SquaredErrorObjective : PairObjective
{
    public override double Value(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores)
    {
        var total = 0.0;
        for (var row = 0; row < numbers.Length; row++)
            total += Math.Pow(numbers[row] - scores[row], 2);
        return total / numbers.Length;
    }

    public override double[] Slopes(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores)
    {
        var slopes = new double[numbers.Length];
        for (var row = 0; row < slopes.Length; row++)
            slopes[row] = 2 * (numbers[row] - scores[row]) / numbers.Length;
        return slopes;
    }
}
