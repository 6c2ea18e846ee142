using System.Collections.Immutable;
using Distributed.Data.Sampling;
using Distributed.Jobs;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Data.Tests.Sampling;

public sealed class MixedSamplerTests
{
    [Fact]
    public void Order_Proportional_HasEveryBatchOfEveryDatasetOnceAndEachInItsOrder() =>
        Prop.ForAll(Gen.Choose(1, 90).ListOf(3).ToArbitrary(), Gen.Choose(0, 5).ToArbitrary(), (sizes, epoch) =>
        {
            var (mixed, own) = Samplers([.. sizes], DatasetMixing.Proportional);
            var order = mixed.Order(epoch);
            var batches = Batches(order);

            return order.BatchCount == mixed.BatchesPerEpoch
                && Enumerable.Range(0, own.Length).All(dataset => batches.Where(batch => DatasetOf(batch[0], own) == dataset)
                    .SelectMany(batch => batch).SequenceEqual(own[dataset].Sampler.Order(epoch).Rows.Select(row => own[dataset].FirstRow + row)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Order_RoundRobin_HasOneBatchOfEachInTurnUntilTheFirstHasNoneLeft()
    {
        var (mixed, own) = Samplers([35, 20, 100], DatasetMixing.RoundRobin);

        var order = mixed.Order(epoch: 1);

        Assert.Equal([0, 1, 2, 0, 1, 2], Batches(order).Select(batch => DatasetOf(batch[0], own)));
        Assert.Equal(6, mixed.BatchesPerEpoch);
        Assert.Equal(own[1].Sampler.Order(1).Rows.Select(row => 35 + row), Batches(order).Where((_, turn) => turn % 3 == 1).SelectMany(batch => batch));
    }

    [Fact]
    public void Order_Proportional_DrawsADatasetAsOftenAsItHasBatchesAndAnewEachEpoch()
    {
        var (mixed, own) = Samplers([100, 300], DatasetMixing.Proportional);

        var epochs = Enumerable.Range(0, 2).Select(epoch => Batches(mixed.Order(epoch)).Select(batch => DatasetOf(batch[0], own)).ToList()).ToList();

        Assert.All(epochs, turns => Assert.Equal((10, 30), (turns.Count(dataset => dataset == 0), turns.Count(dataset => dataset == 1))));
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.Contains(epochs[0].Zip(epochs[0].Skip(1)), pair => pair.First > pair.Second); // not one dataset after the other
    }

    [Fact]
    public void Order_DatasetsOfOneSize_AreDrawnInOrdersOfTheirOwn()
    {
        var set = new[] { 64, 64 };
        var (mixed, own) = Samplers(set, DatasetMixing.RoundRobin);

        var rows = Batches(mixed.Order(0)).ToLookup(batch => DatasetOf(batch[0], own));

        Assert.NotEqual(rows[0].SelectMany(batch => batch), rows[1].SelectMany(batch => batch).Select(row => row - 64));
    }

    private static (MixedSampler Mixed, ImmutableArray<(int FirstRow, ISampler Sampler)> Own) Samplers(int[] sizes, DatasetMixing mixing)
    {
        var own = ImmutableArray.CreateBuilder<(int FirstRow, ISampler Sampler)>();
        foreach (var (dataset, size) in sizes.Index())
            own.Add((sizes[..dataset].Sum(), new ShuffledSampler(size, batchRows: 10, dropLast: false, SampleRandom.SeedOf(12, dataset))));
        return (new MixedSampler(own.ToImmutable(), mixing, seed: 12), own.ToImmutable());
    }

    private static List<ImmutableArray<int>> Batches(EpochOrder order) => [.. Enumerable.Range(0, order.BatchCount).Select(order.Batch)];

    private static int DatasetOf(int row, ImmutableArray<(int FirstRow, ISampler Sampler)> own) => own.Count(dataset => dataset.FirstRow <= row) - 1;
}
