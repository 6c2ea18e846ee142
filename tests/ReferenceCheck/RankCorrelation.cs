namespace Distributed.ReferenceCheck;

/// <summary>Spearman's rank correlation, tied values sharing the mean of their ranks.</summary>
internal static class RankCorrelation
{
    /// <summary>Of paired values, at least two.</summary>
    public static double Of(IReadOnlyList<double> first, IReadOnlyList<double> second) => Pearson(Ranks(first), Ranks(second));

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        var ranks = new double[values.Count];
        var rank = 0;
        foreach (var ties in values.Index().GroupBy(value => value.Item).OrderBy(group => group.Key).Select(group => group.Select(value => value.Index).ToList()))
        {
            foreach (var place in ties)
                ranks[place] = rank + ((ties.Count - 1) / 2.0);
            rank += ties.Count;
        }

        return ranks;
    }

    private static double Pearson(double[] first, double[] second)
    {
        var (meanOfFirst, meanOfSecond) = (first.Average(), second.Average());
        var (products, squaresOfFirst, squaresOfSecond) = (0.0, 0.0, 0.0);
        foreach (var (x, y) in first.Zip(second))
        {
            products += (x - meanOfFirst) * (y - meanOfSecond);
            squaresOfFirst += (x - meanOfFirst) * (x - meanOfFirst);
            squaresOfSecond += (y - meanOfSecond) * (y - meanOfSecond);
        }

        return products / Math.Sqrt(squaresOfFirst * squaresOfSecond);
    }
}
