using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Triplets;

public sealed class TripletPropertyTests
{
    private const double Tolerance = 1e-9; // float64, relative to the largest entry

    public static TheoryData<LossOptions> Losses =>
    [
        .. ((ImmutableArray<MinedTripletLossOptions>)
        [
            new(),
            new() { Margin = 0.2, Mean = TripletMean.ValidAnchors },
            new() { Margin = 0 },
            new() { Distance = Distance.SquaredEuclidean, Margin = 1 },
            new() { Distance = Distance.Cosine, Margin = 0.3 },
            new() { Distance = Distance.Manhattan },
            new() { Normalize = true, Margin = 0.5 },
        ]).SelectMany(options => Enum.GetValues<TripletMining>().Select(mining => options with { Mining = mining })),
        new MinedTripletLossOptions { SoftMargin = true },
        new MinedTripletLossOptions { Distance = Distance.Cosine, SoftMargin = true, Mean = TripletMean.ValidAnchors },
        new MinedTripletLossOptions { Distance = Distance.SquaredEuclidean, Normalize = true, Mean = TripletMean.ValidAnchors },
        new TripletLossOptions { Margin = 1 },
        new TripletLossOptions { Distance = Distance.Manhattan },
        new TripletLossOptions { Distance = Distance.Cosine, Margin = 0.2 },
        new TripletLossOptions { Normalize = true, Margin = 0.3 },
        new TripletLossOptions { Distance = Distance.Manhattan, Normalize = true },
    ];

    public static TheoryData<MinedTripletLossOptions> MemoryLosses =>
    [
        new MinedTripletLossOptions { Margin = 1 },
        new MinedTripletLossOptions { SoftMargin = true, Mean = TripletMean.ValidAnchors },
        new MinedTripletLossOptions { Distance = Distance.Cosine, Margin = 0.3 },
        new MinedTripletLossOptions { Normalize = true, Distance = Distance.SquaredEuclidean, Mean = TripletMean.ValidAnchors },
    ];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Loss_AnyBatch_EqualsItsDefinition(LossOptions options) =>
        Prop.ForAll(Batches(options), drawn => IsItsDefinition(options, drawn.Build(float64))).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(MemoryLosses))]
    public void Loss_AnyMemory_EqualsThatOfFurtherRowsWithoutGradient(MinedTripletLossOptions options) =>
        Prop.ForAll(Batches(options), drawn => IsItsDefinition(options, WithMemory(drawn.Build(float64)))).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Losses))]
    public void Loss_AnyFloat32Batch_IsFinite(LossOptions options)
    {
        Prop.ForAll(Batches(options), Gen.Elements(1e-18, 1e-3, 1, 1e3, 1e15).ToArbitrary(), (drawn, size) =>
        {
            using var scope = NewDisposeScope();
            var batch = drawn.Build(float32);
            batch = batch with { Columns = [.. batch.Columns.Select(column => column * size)] };
            using var pass = EmbeddingLoss.Create(options).Over(batch);

            var run = LossRun.Of(EmbeddingLoss.Create(options), batch);

            return double.IsFinite(run.Value) && run.Gradients.All(gradient => gradient.isfinite().all().item<bool>())
                && pass.Measures(run.Statistics).Values.All(double.IsFinite);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Loss_OverOneToEightRanks_HasTheSameBits(LossOptions options)
    {
        foreach (var seed in Enumerable.Range(0, 6))
        {
            var drawn = new RandomBatch(seed, Rows: 29, Shards: 1, ColumnsOf(options), Labels: 4);
            await SameBits(options, () => drawn.Build(float32) with { Shards = UnevenShards });
        }
    }

    [Theory]
    [MemberData(nameof(MemoryLosses))]
    public async Task Loss_WithMemoryOverOneToEightRanks_HasTheSameBits(MinedTripletLossOptions options)
    {
        var drawn = new RandomBatch(3, Rows: 43, Shards: 1, Columns: 1, Labels: 4);
        await SameBits(options, () => WithMemory(drawn.Build(float32)) with { Shards = UnevenShards });
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Gradient_SmoothBatch_FollowsFiniteDifferences(LossOptions options) =>
        FiniteDifferences.Check(EmbeddingLoss.Create(options), new RandomBatch(4, 9, 3, ColumnsOf(options), 3));

    // 29 rows in 8 shards.
    private static ImmutableArray<ShardRange> UnevenShards => [new(0, 1), new(1, 7), new(8, 2), new(10, 9), new(19, 1), new(20, 3), new(23, 1), new(24, 5)];

    private static async Task SameBits(LossOptions options, Func<EmbeddingBatch> build)
    {
        var loss = EmbeddingLoss.Create(options);
        var expected = LossRun.Of(loss, build());
        foreach (var runs in (ImmutableArray<ShardRun>[])
        [
            [new(0, 8)], [new(0, 1), new(1, 7)], [new(0, 3), new(3, 3), new(6, 2)], [new(0, 2), new(2, 3), new(5, 1), new(6, 2)],
            [.. Enumerable.Range(0, 8).Select(rank => new ShardRun(rank, 1))],
        ])
        {
            var ranks = await RankRun.OfAll(loss, build, runs);

            Assert.All(ranks, rank => Assert.Equal(Bytes(expected.Statistics), Bytes(rank.Statistics)));
            for (var column = 0; column < expected.Gradients.Length; column++)
                Assert.Equal(Bytes(expected.Gradients[column]), ranks.SelectMany(rank => Bytes(rank.Gradients[column])));
        }
    }

    private static bool IsItsDefinition(LossOptions options, EmbeddingBatch batch)
    {
        using var scope = NewDisposeScope();
        if (options is MinedTripletLossOptions { Normalize: true })
            batch = WithoutZeroRows(batch);

        var run = LossRun.Of(EmbeddingLoss.Create(options), batch);
        var (value, gradients) = PlainLosses.Of(batch, columns => PlainTriplets.Of(options, batch, columns));

        return Near(tensor(run.Value), tensor(value)) && run.Gradients.Zip(gradients).All(pair => Near(pair.First, pair.Second));
    }

    // A zero row is at distance 1 from all unit vectors: which of them is the farthest, the last bits of their lengths decide.
    private static EmbeddingBatch WithoutZeroRows(EmbeddingBatch batch) => batch with
    {
        Columns = [Filled(batch.Columns[0])],
        Memory = batch.Memory is { } memory ? memory with { Columns = [Filled(memory.Columns[0])] } : null,
    };

    private static Tensor Filled(Tensor rows) => where(rows.abs().sum(1, keepdim: true) == 0, arange(1, rows.size(1) + 1, rows.dtype), rows);

    // The last third of the rows becomes the memory: some of them equal rows of the batch.
    private static EmbeddingBatch WithMemory(EmbeddingBatch batch)
    {
        var rows = batch.Rows - (batch.Rows / 3);
        return batch with
        {
            Columns = [batch.Columns[0].narrow(0, 0, rows).clone()],
            TextHashes = [batch.TextHashes[0][..rows]],
            Labels = batch.Labels[..rows],
            Memory = new EmbeddingMemory
            {
                Columns = [batch.Columns[0].narrow(0, rows, batch.Rows - rows).clone()],
                TextHashes = [batch.TextHashes[0][rows..]],
                Labels = batch.Labels[rows..],
            },
            Shards = LossRun.Shards(rows, Math.Min(rows, 3)),
        };
    }

    private static int ColumnsOf(LossOptions options) => options is TripletLossOptions ? 3 : 1;

    private static Arbitrary<RandomBatch> Batches(LossOptions options) => options is TripletLossOptions
        ? RandomBatch.Any(mostColumns: 3).Generator.Select(drawn => drawn with { Columns = 3 }).ToArbitrary()
        : RandomBatch.Any(mostColumns: 1);

    private static byte[] Bytes(Tensor values) => new TensorMemory<byte>(values.contiguous()).GetSpan().ToArray();

    private static bool Near(Tensor ours, Tensor plain) =>
        (ours - plain).abs().max().item<double>() <= Tolerance * Math.Max(1, plain.abs().max().item<double>());
}
