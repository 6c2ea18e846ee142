using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;

namespace Distributed.Training.Tests.Collectives;

public sealed class LoopbackCollectivesTests
{
    private static readonly ImmutableArray<ShardRun> Runs = [new(0, 3), new(3, 1), new(4, 2)];
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AllGather_UnevenParts_EveryRankHasAll()
    {
        byte[][] buffers = [[1, 2, 0, 0], [0, 0, 0, 0], [0, 0, 3, 4]];

        await OnEveryRank((rank, token) => rank.AllGatherAsync(buffers[rank.Rank], new long[] { 0, 2, 2, 4 }, token));

        Assert.All(buffers, buffer => Assert.Equal([1, 2, 3, 4], buffer));
    }

    [Fact]
    public async Task SumShards_UnevenRuns_EveryRankHasTheSum()
    {
        var sums = new float[3][];

        await OnEveryRank(async (rank, token) =>
        {
            var partials = ShardTree.Cover(Runs[rank.Rank], 6).Select(node => new float[] { node.Count, 1 }.AsMemory()).ToImmutableArray();
            await rank.SumShardsAsync(partials, partials[0], token);
            sums[rank.Rank] = partials[0].ToArray();
        });

        Assert.All(sums, sum => Assert.Equal([6f, 4f], sum)); // nodes (0 1) (2) | (3) | (4 5)
    }

    [Fact]
    public async Task Broadcast_FromRankOne_EveryRankHasItsBytes()
    {
        byte[][] buffers = [[1], [2], [3]];

        await OnEveryRank((rank, token) => rank.BroadcastAsync(buffers[rank.Rank], 1, token));

        Assert.All(buffers, buffer => Assert.Equal([2], buffer));
    }

    [Fact]
    public async Task Broadcast_OfFloats_EveryRankHasThem()
    {
        float[][] buffers = [[1], [2.5f], [3]];

        await OnEveryRank((rank, token) => rank.BroadcastAsync(buffers[rank.Rank].AsMemory(), 1, token));

        Assert.All(buffers, buffer => Assert.Equal([2.5f], buffer));
    }

    [Fact]
    public async Task Barrier_ManyTimes_NobodyPassesBeforeAllHaveCome()
    {
        var come = 0;
        var early = 0;

        await OnEveryRank(async (rank, token) =>
        {
            for (var round = 1; round <= 200; round++)
            {
                Interlocked.Increment(ref come);
                await rank.BarrierAsync(token);
                if (Volatile.Read(ref come) < round * rank.WorldSize)
                    Interlocked.Increment(ref early);
            }
        });

        Assert.Equal(600, come);
        Assert.Equal(0, early);
    }

    [Fact]
    public async Task AnyOperation_OneRankIsCancelled_TheOthersAreAborted()
    {
        var ranks = LoopbackCollectives.Create(Runs.Length, Runs);
        using var cancellation = new CancellationTokenSource();
        var waiting = ranks[0].BarrierAsync(Token).AsTask();
        var cancelled = ranks[2].BarrierAsync(cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        var aborted = await Assert.ThrowsAsync<CollectiveAbortedException>(() => waiting);
        Assert.Equal(2, aborted.PeerRank);
        await Assert.ThrowsAsync<CollectiveAbortedException>(async () => await ranks[1].BarrierAsync(Token)); // too late
    }

    [Fact]
    public async Task AnyOperation_OneRankHasLeft_TheOthersAreAborted()
    {
        var ranks = LoopbackCollectives.Create(Runs.Length, Runs);
        var waiting = ranks[0].BarrierAsync(Token).AsTask();

        await ranks[1].DisposeAsync();

        await Assert.ThrowsAsync<CollectiveAbortedException>(() => waiting);
    }

    [Fact]
    public async Task AnyOperation_RanksDisagree_AllAreAborted()
    {
        var ranks = LoopbackCollectives.Create(Runs.Length, Runs);
        var waiting = ranks[0].BarrierAsync(Token).AsTask();

        await Assert.ThrowsAsync<CollectiveAbortedException>(async () => await ranks[1].BroadcastAsync(new byte[1], 0, Token));

        await Assert.ThrowsAsync<CollectiveAbortedException>(() => waiting);
    }

    [Fact]
    public async Task Broadcast_BuffersDifferInLength_AllAreAborted()
    {
        byte[][] buffers = [[1], [2, 2], [3]];
        var ranks = LoopbackCollectives.Create(Runs.Length, Runs);

        var all = ranks.Select(rank => rank.BroadcastAsync(buffers[rank.Rank], 1, Token).AsTask()).ToArray();

        foreach (var one in all)
            await Assert.ThrowsAsync<CollectiveAbortedException>(() => one);
    }

    [Fact]
    public async Task Operations_OneRank_CompleteAtOnce()
    {
        var rank = LoopbackCollectives.Create(1, [new(0, 4)])[0];
        float[] sum = [1, 2];

        await rank.BarrierAsync(Token);
        await rank.SumShardsAsync([sum], sum, Token);

        Assert.Equal([1f, 2f], sum);
    }

    private static async Task OnEveryRank(Func<ICollectives, CancellationToken, ValueTask> work)
    {
        var ranks = LoopbackCollectives.Create(Runs.Length, Runs);
        await Task.WhenAll(ranks.Select(rank => Task.Run(async () => await work(rank, Token), Token)));
    }
}
