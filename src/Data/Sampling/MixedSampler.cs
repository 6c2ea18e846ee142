using System.Collections.Immutable;
using Distributed.Jobs;

namespace Distributed.Data.Sampling;

/// <summary>
/// The batches of several datasets, each drawn by its own sampler. Proportional: every batch of every dataset once an epoch, in a random order that leaves
/// each dataset's own batches in theirs. Round-robin: rounds of one batch of each, as many as the dataset with the fewest batches has, so that each is
/// sampled equally. Both as sentence-transformers does, but for round-robin's last round: there datasets before the first empty one still get a batch.
/// </summary>
/// <param name="datasets">By dataset: row id of its first row, and the order of its rows, which counts them from 0.</param>
/// <param name="mixing">How the batches follow one another.</param>
/// <param name="seed">The job's seed.</param>
internal sealed class MixedSampler(ImmutableArray<(int FirstRow, ISampler Sampler)> datasets, DatasetMixing mixing, int seed) : ISampler
{
    private readonly int _mixingSeed = SampleRandom.SeedOf(seed, stream: datasets.Length); // of none of the datasets

    /// <inheritdoc/>
    public int? BatchesPerEpoch => datasets.All(dataset => dataset.Sampler.BatchesPerEpoch is not null)
        ? Count([.. datasets.Select(dataset => dataset.Sampler.BatchesPerEpoch!.Value)])
        : null;

    /// <inheritdoc/>
    public EpochOrder Order(int epoch)
    {
        var orders = datasets.Select(dataset => dataset.Sampler.Order(epoch)).ToImmutableArray();
        var taken = new int[orders.Length];
        return EpochOrder.Of(Turns([.. orders.Select(order => order.BatchCount)], epoch)
            .Select(dataset => orders[dataset].Batch(taken[dataset]++).Select(row => datasets[dataset].FirstRow + row).ToList()));
    }

    private int Count(ImmutableArray<int> batches) => mixing is DatasetMixing.RoundRobin ? batches.Min() * batches.Length : batches.Sum();

    /// <summary>The dataset of each batch of an epoch.</summary>
    private int[] Turns(ImmutableArray<int> batches, int epoch)
    {
        if (mixing is DatasetMixing.RoundRobin)
            return [.. Enumerable.Range(0, Count(batches)).Select(turn => turn % batches.Length)];
        int[] turns = [.. batches.SelectMany((count, dataset) => Enumerable.Repeat(dataset, count))];
        new SampleRandom(_mixingSeed, epoch).Shuffle(turns);
        return turns;
    }
}
