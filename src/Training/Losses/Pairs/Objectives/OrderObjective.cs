namespace Distributed.Training.Losses.Pairs.Objectives;

/// <summary>
/// <c>log(1 + Σ exp(z_i − z_j))</c> over all i, j with <c>score_i &lt; score_j</c>, <c>z = scale · number</c>. In the order of the scores the sum over i of
/// lower scores is a running one, so that it takes O(N log N) and never the N × N differences.
/// </summary>
internal sealed class OrderObjective(double scale) : PairObjective
{
    public override double Value(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores) => Sums(numbers, scores).Total;

    public override double[] Slopes(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores)
    {
        var (lower, higher, total) = Sums(numbers, scores);
        var slopes = new double[numbers.Length];
        for (var row = 0; row < slopes.Length; row++)
        {
            var z = scale * numbers[row];
            slopes[row] = scale * (Math.Exp(z + higher[row] - total) - Math.Exp(lower[row] - z - total));
        }

        return slopes;
    }

    /// <summary>Of each row the log Σ exp(z_i) over lower and log Σ exp(−z_j) over higher scores, −∞ where there are none; and the loss.</summary>
    private (double[] Lower, double[] Higher, double Total) Sums(ReadOnlySpan<double> numbers, ReadOnlySpan<float> scores)
    {
        var z = new double[numbers.Length];
        for (var row = 0; row < z.Length; row++)
            z[row] = scale * numbers[row];

        var order = AscendingScores(scores);
        var lower = Running(order, z, scores, sign: 1);
        var higher = Running([.. order.Reverse()], z, scores, sign: -1);

        var total = LogSum.Empty;
        foreach (var row in order)
            total = total.Plus(lower[row] - z[row]);
        return (lower, higher, total.LogOfOnePlus);
    }

    // Rows of equal scores keep their order, so that sums have one.
    private static int[] AscendingScores(ReadOnlySpan<float> scores)
    {
        var (keys, order) = (new (float, int)[scores.Length], new int[scores.Length]);
        for (var row = 0; row < order.Length; row++)
            (keys[row], order[row]) = ((scores[row], row), row);
        Array.Sort(keys, order);
        return order;
    }

    /// <summary>Of each row the log Σ exp(sign · z) over all rows that come before those of its score.</summary>
    private static double[] Running(int[] order, double[] z, ReadOnlySpan<float> scores, int sign)
    {
        var before = new double[order.Length];
        var sum = LogSum.Empty;
        for (var first = 0; first < order.Length;)
        {
            var end = first;
            for (; end < order.Length && scores[order[end]] == scores[order[first]]; end++)
                before[order[end]] = sum.Log;
            for (; first < end; first++)
                sum = sum.Plus(sign * z[order[first]]);
        }

        return before;
    }
}
