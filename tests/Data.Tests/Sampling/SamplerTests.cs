using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Data.Sampling;
using Distributed.Jobs;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Data.Tests.Sampling;

public sealed class SamplerTests
{
    [Fact]
    public void Shuffled_AnySizes_DrawsEachRowOnceInFullBatches() =>
        Prop.ForAll(Sizes.ToArbitrary(), sizes =>
        {
            var (rows, batchRows, seed, epoch) = sizes;
            var order = new ShuffledSampler(rows, batchRows, dropLast: false, seed).Order(epoch);

            return order.Rows.Order().SequenceEqual(Enumerable.Range(0, rows))
                && Batches(order).SkipLast(1).All(batch => batch.Count == batchRows)
                && order.BatchCount == new ShuffledSampler(rows, batchRows, dropLast: false, seed).BatchesPerEpoch;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shuffled_DropLast_LeavesOutThePartialBatchOnly() =>
        Prop.ForAll(Sizes.ToArbitrary(), sizes =>
        {
            var (rows, batchRows, seed, epoch) = sizes;
            var all = new ShuffledSampler(rows, batchRows, dropLast: false, seed).Order(epoch);
            var full = new ShuffledSampler(rows, batchRows, dropLast: true, seed).Order(epoch);

            return Batches(full).SequenceEqual(Batches(all).Where(batch => batch.Count == batchRows), RowsComparer.Instance);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void DuplicateFree_AnyTexts_DrawsEachRowOnceAndNoTextTwiceInABatch() =>
        Prop.ForAll(TextRows.ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (rows, batchRows) =>
        {
            var set = GeneratedData.Texts(rows);
            var order = new DuplicateFreeSampler(set.Rows, batchRows, dropLast: false, seed: 3).Order(epoch: 1);

            return order.Rows.Order().SequenceEqual(Enumerable.Range(0, set.Rows.Length))
                && Batches(order).All(batch => batch.Count <= batchRows && HasNoTextTwice(set, batch));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void DuplicateFree_DropLast_KeepsTheFullBatches() =>
        Prop.ForAll(TextRows.ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (rows, batchRows) =>
        {
            var set = GeneratedData.Texts(rows);
            var all = new DuplicateFreeSampler(set.Rows, batchRows, dropLast: false, seed: 3).Order(epoch: 1);
            var full = new DuplicateFreeSampler(set.Rows, batchRows, dropLast: true, seed: 3).Order(epoch: 1);

            return Batches(full).SequenceEqual(Batches(all).Where(batch => batch.Count == batchRows), RowsComparer.Instance);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void DuplicateFree_DifferentTexts_FillsEveryBatchButTheLast()
    {
        var order = new DuplicateFreeSampler(GeneratedData.Different(103).Rows, batchRows: 10, dropLast: false, seed: 1).Order(epoch: 0);

        Assert.Equal([10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 3], Batches(order).Select(batch => batch.Count));
    }

    [Fact]
    public void DuplicateFree_TextInTwoColumnsOfARow_IsNoConflict()
    {
        var set = GeneratedData.Texts([["a", "a"], ["b", null], ["a", "c"]]);

        var order = new DuplicateFreeSampler(set.Rows, batchRows: 3, dropLast: false, seed: 1).Order(epoch: 0);

        Assert.Equal([2, 1], Batches(order).Select(batch => batch.Count));
    }

    [Fact]
    public void Labels_AnyClasses_MakesBatchesOfDifferentClassesWithPositives() =>
        Prop.ForAll(Gen.Choose(0, 6).NonEmptyListOf().ToArbitrary(), Gen.Choose(2, 4).Two().ToArbitrary(), (labels, sizes) =>
        {
            var (classesPerBatch, rowsPerClass) = sizes;
            var set = GeneratedData.Labels(labels);
            var order = new LabelSampler(set.Rows, classesPerBatch, rowsPerClass, dropLast: false, seed: 5).Order(epoch: 2);

            return order.Rows.Distinct().Count() == order.Rows.Length && Batches(order).All(batch =>
            {
                var counts = batch.CountBy(row => set.Rows[row].Label).Select(entry => entry.Value).ToList();
                return counts.Count >= 2 && counts.Count <= classesPerBatch && counts.All(count => count >= 2 && count <= rowsPerClass);
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Labels_EvenClasses_DrawsEveryRowInFullBatches()
    {
        var set = GeneratedData.Labels(Enumerable.Range(0, 6 * 8).Select(row => row % 6));

        var order = new LabelSampler(set.Rows, classesPerBatch: 6, rowsPerClass: 4, dropLast: true, seed: 5).Order(epoch: 0);

        Assert.Equal([24, 24], Batches(order).Select(batch => batch.Count));
        Assert.Equal(Enumerable.Range(0, 48), order.Rows.Order());
    }

    [Fact]
    public void Labels_SingleRowsAndOneClassLeft_SitOut()
    {
        // Class 0 has 8 rows: four groups of 2. Class 1 has 3: one group and a single row. Class 2 has a single row.
        var set = GeneratedData.Labels([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2]);

        var order = new LabelSampler(set.Rows, classesPerBatch: 2, rowsPerClass: 2, dropLast: false, seed: 5).Order(epoch: 0);

        Assert.Equal([0, 0, 1, 1], order.Rows.Select(row => set.Rows[row].Label).Order());
    }

    [Theory]
    [InlineData(SamplerKind.Shuffled)]
    [InlineData(SamplerKind.NoDuplicates)]
    [InlineData(SamplerKind.Labels)]
    public void Order_SeedAndEpoch_DecideTheOrder(SamplerKind kind)
    {
        var set = GeneratedData.Labels(Enumerable.Range(0, 60).Select(row => row % 5));
        var job = GeneratedData.Job(new SamplerOptions { Kind = kind, ClassesPerBatch = 3, RowsPerClass = 2 }, new BatchOptions { Rows = 8 });
        var sampler = SamplerChoice.Create(set, job);

        Assert.Equal(sampler.Order(3).Rows, SamplerChoice.Create(set, job).Order(3).Rows);
        Assert.NotEqual(sampler.Order(3).Rows, sampler.Order(4).Rows);
        Assert.NotEqual(sampler.Order(3).Rows, SamplerChoice.Create(set, job with { Seed = 13 }).Order(3).Rows);
    }

    /// <summary>Rows, rows of a batch, seed and epoch.</summary>
    private static Gen<(int Rows, int BatchRows, int Seed, int Epoch)> Sizes =>
        from rows in Gen.Choose(0, 300)
        from batchRows in Gen.Choose(1, 50)
        from seed in Gen.Choose(0, int.MaxValue)
        from epoch in Gen.Choose(0, 1000)
        select (rows, batchRows, seed, epoch);

    /// <summary>Rows of three texts out of a few, the last sometimes missing.</summary>
    private static Gen<List<string?[]>> TextRows =>
        from different in Gen.Choose(1, 40)
        from rows in (from texts in Gen.Choose(0, different).ArrayOf(3) select texts.Select((text, column) => column == 2 && text == 0 ? null : $"{text}").ToArray()).ListOf()
        select rows.ToList();

    private static List<List<int>> Batches(EpochOrder order) => [.. Enumerable.Range(0, order.BatchCount).Select(batch => order.Batch(batch).ToList())];

    private static bool HasNoTextTwice(TrainingSet set, List<int> batch)
    {
        var texts = batch.SelectMany(row => set.Rows[row].Texts.OfType<string>().Distinct()).ToList();
        return texts.Distinct().Count() == texts.Count;
    }

    private sealed class RowsComparer : IEqualityComparer<List<int>>
    {
        public static RowsComparer Instance { get; } = new();

        public bool Equals(List<int>? x, List<int>? y) => x!.SequenceEqual(y!);

        public int GetHashCode(List<int> rows) => rows.Count;
    }
}
