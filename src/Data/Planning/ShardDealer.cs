using System.Collections.Immutable;

namespace Distributed.Data.Planning;

/// <summary>Deals logical shards to ranks.</summary>
public static class ShardDealer
{
    /// <summary>
    /// By rank, a run of consecutive shards whose length follows the rank's speed: the whole part of its share, then one more each by the largest
    /// remainder (Hamilton's method), ties to the lower rank. Every rank gets at least one shard.
    /// </summary>
    /// <param name="shards">Number of logical shards; at least as many as ranks.</param>
    /// <param name="speeds">By rank, rows per second or any measure like it; above 0; only their ratios count.</param>
    public static ImmutableArray<ShardRun> Deal(int shards, ReadOnlySpan<double> speeds)
    {
        ArgumentOutOfRangeException.ThrowIfZero(speeds.Length, nameof(speeds));
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, speeds.Length);
        foreach (var speed in speeds)
        {
            if (!(double.IsFinite(speed) && speed > 0))
                throw new ArgumentOutOfRangeException(nameof(speeds), speed, "A speed has to be above 0.");
        }

        var counts = Counts(shards, speeds);
        var runs = ImmutableArray.CreateBuilder<ShardRun>(speeds.Length);
        for (var (rank, first) = (0, 0); rank < speeds.Length; first = runs[rank].End, rank++)
            runs.Add(new ShardRun(first, counts[rank]));
        return runs.MoveToImmutable();
    }

    private static int[] Counts(int shards, ReadOnlySpan<double> speeds)
    {
        var quotas = Quotas(shards, speeds);
        var counts = Array.ConvertAll(quotas, quota => (int)Math.Floor(quota));
        var byRemainder = Enumerable.Range(0, counts.Length).OrderByDescending(rank => quotas[rank] - counts[rank]).ThenBy(rank => rank);
        foreach (var rank in byRemainder.Take(shards - counts.Sum()).ToList())
            counts[rank]++;
        return counts;
    }

    /// <summary>Exact shares of the shards, each at least 1: a rank whose share is smaller gets 1, and the others share the rest by speed.</summary>
    private static double[] Quotas(int shards, ReadOnlySpan<double> speeds)
    {
        var quotas = new double[speeds.Length];
        var isSlow = new bool[speeds.Length];
        bool hasChanged;
        do
        {
            var total = 0.0;
            var left = shards;
            for (var rank = 0; rank < quotas.Length; rank++)
            {
                total += isSlow[rank] ? 0 : speeds[rank];
                left -= isSlow[rank] ? 1 : 0;
            }
            hasChanged = false;
            for (var rank = 0; rank < quotas.Length; rank++)
            {
                quotas[rank] = isSlow[rank] ? 1 : left * (speeds[rank] / total);
                hasChanged |= quotas[rank] < 1;
                isSlow[rank] |= quotas[rank] < 1;
            }
        }
        while (hasChanged);
        return quotas;
    }
}
