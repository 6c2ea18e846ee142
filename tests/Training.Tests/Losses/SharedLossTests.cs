using Distributed.Jobs.Losses;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using Distributed.Training.Tests.Steps;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

/// <summary>However a batch is shaped, cut and shared, every number has the bits that one rank gets, and is finite.</summary>
public sealed class SharedLossTests
{
    private const int MostRanks = 8;

    public static TheoryData<LossOptions> Losses => TrainedLosses.All;

    [Theory]
    [MemberData(nameof(Losses))]
    public void Loss_AnyBatchOverOneToEightRanks_HasTheBitsOfOneRank(LossOptions options) => Check(options, seed: 1, batchesPerWorld: 5);

    [Theory]
    [MemberData(nameof(Losses))]
    [Trait("Speed", "slow")]
    public void Loss_ManyBatchesOverOneToEightRanks_HasTheBitsOfOneRank(LossOptions options) => Check(options, seed: 2, batchesPerWorld: 25);

    private static void Check(LossOptions options, int seed, int batchesPerWorld)
    {
        var loss = EmbeddingLoss.Create(options);
        for (var ranks = 1; ranks <= MostRanks; ranks++)
        {
            var replay = new Replay(new Rnd((ulong)(seed * MostRanks + ranks)), null);
            Prop.ForAll(SharedBatch.Any(options, ranks), batch => HasTheBitsOfOneRankAsync(loss, batch))
                .Check(Config.QuickThrowOnFailure.WithMaxTest(batchesPerWorld).WithReplay(replay));
        }

        (loss as IDisposable)?.Dispose();
    }

    private static async Task HasTheBitsOfOneRankAsync(IEmbeddingLoss loss, SharedBatch batch)
    {
        var one = Assert.Single(await RankRun.OfAll(loss, batch.Build, [new(0, batch.ShardRows.Length)]));
        var many = await RankRun.OfAll(loss, batch.Build, batch.Runs);

        Assert.True(one.IsFinite);
        Assert.All(many, rank => Assert.Equal((one.Value, Text(one.Statistics)), (rank.Value, Text(rank.Statistics))));
        foreach (var (column, whole) in one.Gradients.Index())
            Assert.Equal(Text(whole), string.Concat(many.Select(rank => Text(rank.Gradients[column]))));
        Assert.Equal(one.Shares.Select(Text), many.SelectMany(rank => rank.Shares).Select(Text));
        foreach (var run in many.Append(one))
            run.Dispose();
    }

    private static string Text(Tensor values) => Convert.ToHexString(new TensorMemory<byte>(values.contiguous()).GetSpan());
}
