using System.Collections.Immutable;
using System.Globalization;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Checking;

/// <summary>Whether a loss keeps what training relies on: one result for every number of ranks, numbers that stay finite, float32 that is as good as it gets.</summary>
internal sealed class RobustnessCheck(IEmbeddingLoss loss, BatchShape shape, int seed)
{
    private const int MostRanks = 8;
    private const double Float32Tolerance = 1e-3; // of the largest entry
    private const double NoGradient = 1e-6;       // where the true gradient is 0, rounding stays below

    private static readonly ImmutableArray<double> Sizes = [0, 1e-18, 1e-3, 1, 1e3];

    /// <summary>Value and gradients in float32 are those in float64, but for rounding.</summary>
    public LossCheck Float32()
    {
        var single = LossOutcome.Of(loss, DrawnBatch.Of(shape, BatchKind.WithSlopes[0], seed, float32));
        var exact = LossOutcome.Of(loss, DrawnBatch.Of(shape, BatchKind.WithSlopes[0], seed, float64));
        var worst = Math.Abs(exact.Value - single.Value) / Math.Max(1, Math.Abs(exact.Value));
        foreach (var (wide, narrow) in exact.Gradients.Zip(single.Gradients))
            worst = Math.Max(worst, (wide - narrow.to(float64)).abs().max().item<double>() / Math.Max(NoGradient / Float32Tolerance, wide.abs().max().item<double>()));
        return new LossCheck("", worst <= Float32Tolerance, string.Create(CultureInfo.InvariantCulture, $"at most {worst:0.0E+0} of the largest off"));
    }

    /// <summary>However shards are dealt to ranks, every number has the same bits.</summary>
    public LossCheck Ranks()
    {
        var deals = Enumerable.Range(1, MostRanks).SelectMany(ranks => new[] { Even(ranks), Uneven(ranks) }).ToArray();
        foreach (var dtype in (ReadOnlySpan<ScalarType>)[float32, float64])
        {
            using var scope = NewDisposeScope();
            var batch = DrawnBatch.Of(shape, BatchKind.ForEightRanks, seed, dtype);
            var expected = LossOutcome.Of(loss, batch).Bytes.ToArray();
            foreach (var deal in deals)
            {
                if (!LossOutcome.Of(loss, batch, deal).Bytes.Zip(expected).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
                    return new LossCheck("", false, $"{deal.Length} ranks with {string.Join(", ", deal)} shards in {dtype} get other bits than one");
            }
        }

        return new LossCheck("", true, $"{2 * deals.Length} ways to deal {BatchKind.ForEightRanks.Shards} shards");
    }

    /// <summary>No batch of finite embeddings gives NaN or infinity.</summary>
    public LossCheck Finite()
    {
        foreach (var kind in BatchKind.All)
        {
            foreach (var size in Sizes)
            {
                using var scope = NewDisposeScope();
                if (!LossOutcome.Of(loss, DrawnBatch.Of(shape, kind, seed, float32, size)).IsFinite)
                    return new LossCheck("", false, string.Create(CultureInfo.InvariantCulture, $"{kind.Name}, embeddings times {size}: a number is not finite"));
            }
        }

        return new LossCheck("", true, $"{BatchKind.All.Length * Sizes.Length} batches");
    }

    private static ImmutableArray<int> Even(int ranks) =>
        [.. Enumerable.Range(0, ranks).Select(rank => (MostRanks * (rank + 1) / ranks) - (MostRanks * rank / ranks))];

    // One shard for each but the last.
    private static ImmutableArray<int> Uneven(int ranks) => [.. Enumerable.Repeat(1, ranks - 1), MostRanks - ranks + 1];
}
