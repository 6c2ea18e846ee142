namespace Distributed.Training.Losses.Pairs.Objectives;

/// <summary>Which pairs of a batch are hard.</summary>
/// <param name="PositivesAbove">A positive farther than this is hard: the nearest negative's distance, or with fewer than two negatives the mean positive's.</param>
/// <param name="NegativesBelow">A negative nearer than this is hard: the farthest positive's distance, or with fewer than two positives the mean negative's.</param>
internal readonly record struct HardPairs(double PositivesAbove, double NegativesBelow)
{
    public static HardPairs Of(ReadOnlySpan<double> distances, ReadOnlySpan<float> scores)
    {
        var (positives, negatives) = (Spread.Of(distances, scores, 1), Spread.Of(distances, scores, 0));
        return new(
            negatives.Count > 1 ? negatives.Least : positives.Mean,
            positives.Count > 1 ? positives.Most : negatives.Mean);
    }

    private readonly record struct Spread(int Count, double Least, double Most, double Sum)
    {
        // Rounding must not lift the mean of equal distances above them.
        public double Mean => Count == 0 ? double.NaN : Math.Clamp(Sum / Count, Least, Most);

        public static Spread Of(ReadOnlySpan<double> distances, ReadOnlySpan<float> scores, float score)
        {
            var spread = new Spread(0, double.PositiveInfinity, double.NegativeInfinity, 0);
            for (var row = 0; row < distances.Length; row++)
            {
                if (scores[row] == score)
                    spread = new(spread.Count + 1, Math.Min(spread.Least, distances[row]), Math.Max(spread.Most, distances[row]), spread.Sum + distances[row]);
            }

            return spread;
        }
    }
}
