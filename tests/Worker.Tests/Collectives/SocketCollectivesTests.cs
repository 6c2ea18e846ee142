using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;
using Distributed.Worker.Collectives;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Worker.Tests.Collectives;

public sealed class SocketCollectivesTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void SumShards_AnySizesAndRuns_HasTheBitsOfLoopback()
    {
        var cases =
            from shards in Gen.Choose(1, 9)
            from worldSize in Gen.Choose(1, Math.Min(4, shards))
            from cuts in Gen.Shuffle(Enumerable.Range(1, shards - 1).ToArray())
            from length in Gen.OneOf(Gen.Choose(0, 200), Gen.Choose(Tiling.TileFloats - 3, (5 * Tiling.TileFloats) + 3))
            select (Runs: Runs(shards, cuts.Take(worldSize - 1)), length);

        Prop.ForAll(cases.ToArbitrary(), c => SumsEqualLoopbackAsync(c.Runs, c.length).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    [Fact]
    public void AllGather_AnyOffsets_EveryRankHasEveryByte()
    {
        var cases =
            from worldSize in Gen.Choose(1, 4)
            from lengths in Gen.ListOf(Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 300), Gen.Choose(Tiling.TileBytes - 2, (3 * Tiling.TileBytes) + 2)), worldSize)
            select lengths.ToArray();

        Prop.ForAll(cases.ToArbitrary(), lengths => GathersAllAsync(lengths).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData((2 * Tiling.TileBytes) + 5)]
    public async Task Broadcast_AnyLength_EveryRankHasTheSourcesBytes(int length)
    {
        await using var world = SocketWorld.Create(new(0, 1), new(1, 1), new(2, 1));
        byte[][] buffers = [Bytes(length, 1), Bytes(length, 2), Bytes(length, 3)];
        byte[] expected = [.. buffers[1]];

        await world.OnAllAsync(c => c.BroadcastAsync(buffers[c.Rank], 1, Cancelled).AsTask());

        Assert.All(buffers, b => Assert.Equal(expected, b));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData((2 * Tiling.TileFloats) + 5)]
    public async Task Broadcast_Floats_EveryRankHasTheSources(int length)
    {
        await using var world = SocketWorld.Create(new(0, 1), new(1, 1), new(2, 1));
        float[][] buffers = [.. Enumerable.Range(0, 3).Select(rank => Enumerable.Range(0, length).Select(i => i + (rank / 4f)).ToArray())];
        float[] expected = [.. buffers[2]];

        await world.OnAllAsync(c => c.BroadcastAsync(buffers[c.Rank].AsMemory(), 2, Cancelled).AsTask());

        Assert.All(buffers, b => Assert.Equal(expected, b));
    }

    [Fact, Trait("Speed", "slow")]
    public async Task Broadcast_FloatsOfMoreThan2GiB_TheLastOnesArrive()
    {
        await using var world = SocketWorld.Create(new(0, 1), new(1, 1));
        float[][] buffers = [new float[(1 << 29) + 17], GC.AllocateUninitializedArray<float>((1 << 29) + 17)];
        buffers[0].AsSpan(^20..).Fill(2.5f);

        await world.OnAllAsync(c => c.BroadcastAsync(buffers[c.Rank].AsMemory(), 0, Cancelled).AsTask());

        Assert.True(buffers[0].AsSpan().SequenceEqual(buffers[1]));
    }

    // Rank 1 has nothing to send to rank 2 and so nothing to wait for: it comes to the barrier while rank 2 has not begun the first gather.
    [Fact]
    public async Task AllGather_RanksWithNothingToSend_MayRunAhead()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var world = SocketWorld.Create(new(0, 1), new(1, 1), new(2, 1));
            byte[][] buffers = [Bytes(100, 1), Bytes(100, 2), Bytes(100, 3)];
            byte[] expected = [.. buffers[0]];

            async Task RunAsync(ICollectives rank)
            {
                for (var gather = 0; gather < 4; gather++)
                    await rank.AllGatherAsync(buffers[rank.Rank], new long[] { 0, 100, 100, 100 }, Cancelled);
                await rank.BroadcastAsync(buffers[rank.Rank], 0, Cancelled);
                await rank.BarrierAsync(Cancelled);
            }

            var ahead = world.Ranks[..2].Select(RunAsync).ToArray();
            Assert.DoesNotContain(ahead, run => run.IsCompleted);
            await RunAsync(world.Ranks[2]);

            await Task.WhenAll(ahead).WaitAsync(Soon, Cancelled);
            Assert.All(buffers, b => Assert.Equal(expected, b));
        }
    }

    [Fact]
    public async Task Barrier_OneRankMissing_WaitsForIt()
    {
        await using var world = SocketWorld.Create(new(0, 1), new(1, 1), new(2, 1));

        var early = world.Ranks[..2].Select(c => c.BarrierAsync(Cancelled).AsTask()).ToArray();
        Assert.DoesNotContain(early, t => t.IsCompleted);
        await world.Ranks[2].BarrierAsync(Cancelled);

        await Task.WhenAll(early).WaitAsync(Soon, Cancelled);
    }

    [Fact]
    public async Task SumShards_PeerClosesBeforeItsPart_AbortsOnAllOthersAndIsNamed()
    {
        await using var world = SocketWorld.Create(new(0, 2), new(2, 1), new(3, 1), new(4, 4));
        var waiting = world.Ranks.Where(c => c.Rank != 2).Select(c => SumAsync(c)).ToArray();

        await world.Ranks[2].DisposeAsync();

        var suspects = new List<int?>();
        foreach (var wait in waiting)
            suspects.Add((await Assert.ThrowsAsync<CollectiveAbortedException>(() => wait.WaitAsync(Soon, Cancelled))).PeerRank);
        // A rank in the middle of a send leaves without a word: who only saw that one go names it instead.
        Assert.Contains(2, suspects);
    }

    [Fact]
    public async Task Barrier_Cancelled_ThrowsAndAbortsThePeers()
    {
        await using var world = SocketWorld.Create(new(0, 1), new(1, 1), new(2, 1));
        using var cancellation = new CancellationTokenSource();
        var cancelled = world.Ranks[0].BarrierAsync(cancellation.Token).AsTask();
        var peer = world.Ranks[1].BarrierAsync(Cancelled).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Soon, Cancelled));
        Assert.Equal(0, (await Assert.ThrowsAsync<CollectiveAbortedException>(() => peer.WaitAsync(Soon, Cancelled))).PeerRank);
        await Assert.ThrowsAsync<CollectiveAbortedException>(() => world.Ranks[1].BarrierAsync(Cancelled).AsTask());
    }

    [Fact]
    public Task Barrier_FrameOfAnotherGeneration_Aborts() =>
        AbortsOnAsync(frame => frame with { Key = new GenerationKey(3, 6) });

    [Fact]
    public Task Barrier_FrameOfAnotherIncarnation_Aborts() =>
        AbortsOnAsync(frame => frame with { Key = new GenerationKey(2, 7) });

    [Fact]
    public Task Barrier_FrameOfALaterOperation_Aborts() => AbortsOnAsync(frame => frame with { Sequence = 3 });

    [Fact]
    public Task Barrier_FrameOfAnotherKind_Aborts() => AbortsOnAsync(frame => frame with { Kind = PeerFrameKind.Gather });

    [Fact]
    public Task Barrier_FrameOverTheLimit_Aborts() =>
        AbortsOnAsync(frame => frame with { PayloadBytes = PeerFrame.MaxPayloadBytes + 1 });

    [Fact]
    public Task Barrier_CorruptHeader_Aborts() => AbortsOnAsync(frame => frame, header => header[60] ^= 1);

    [Fact]
    public async Task AllGather_CorruptPayload_Aborts()
    {
        var (own, other) = SocketWorld.Pair();
        await using var collectives = new SocketCollectives(SocketWorld.Key, 0, [new(0, 1), new(1, 1)], [null, own]);
        byte[] frame = new byte[PeerFrame.HeaderBytes + 4];
        new PeerFrame(SocketWorld.Key, 1, PeerFrameKind.Gather, 0, 4, 4).Write(frame, frame.AsSpan(PeerFrame.HeaderBytes));
        frame[^1] ^= 1;

        var gather = collectives.AllGatherAsync(new byte[8], new long[] { 0, 4, 8 }, Cancelled).AsTask();
        other.SendAll(frame);

        var aborted = await Assert.ThrowsAsync<CollectiveAbortedException>(() => gather.WaitAsync(Soon, Cancelled));
        Assert.Contains("checksum", aborted.Message, StringComparison.Ordinal);
        other.Dispose();
    }

    private static async Task AbortsOnAsync(Func<PeerFrame, PeerFrame> change, Action<byte[]>? damage = null)
    {
        var (own, other) = SocketWorld.Pair();
        await using var collectives = new SocketCollectives(SocketWorld.Key, 0, [new(0, 1), new(1, 1)], [null, own]);
        byte[] header = new byte[PeerFrame.HeaderBytes];
        change(new PeerFrame(SocketWorld.Key, 1, PeerFrameKind.Barrier, 0, 0, 0)).Write(header, default);
        damage?.Invoke(header);

        var barrier = collectives.BarrierAsync(Cancelled).AsTask();
        other.SendAll(header);

        var aborted = await Assert.ThrowsAsync<CollectiveAbortedException>(() => barrier.WaitAsync(Soon, Cancelled));
        Assert.Equal(1, aborted.PeerRank);
        other.Dispose();
    }

    private static async Task SumsEqualLoopbackAsync(ImmutableArray<ShardRun> runs, int length)
    {
        var loopback = LoopbackCollectives.Create(runs.Length, runs);
        float[][] expected = await Task.WhenAll(loopback.Select(c => SumAsync(c, length)));
        await using var world = SocketWorld.Create(runs);
        for (int repeat = 0; repeat < 2; repeat++)
        {
            float[][] sums = await Task.WhenAll(world.Ranks.Select(c => SumAsync(c, length))).WaitAsync(Soon, Cancelled);
            Assert.All(sums, sum => Assert.True(sum.AsSpan().SequenceEqual(expected[0])));
        }
    }

    private static Task<float[]> SumAsync(ICollectives collectives) => SumAsync(collectives, 1000);

    private static async Task<float[]> SumAsync(ICollectives collectives, int length)
    {
        int shardCount = collectives.Runs[^1].End;
        var nodes = ShardTree.Cover(collectives.Runs[collectives.Rank], shardCount);
        var partials = nodes.Select(node => Floats(length, node.Start).AsMemory()).ToImmutableArray();
        bool inPlace = length % 2 == 0;
        float[] sum = new float[length];
        await Task.Yield();
        await collectives.SumShardsAsync(partials, inPlace ? partials[0] : sum, Cancelled);
        return inPlace ? partials[0].ToArray() : sum;
    }

    private static async Task GathersAllAsync(int[] lengths)
    {
        long[] offsets = [0, .. lengths.Select((_, i) => lengths[..(i + 1)].Sum(l => (long)l))];
        byte[] whole = Bytes((int)offsets[^1], 5);
        await using var world = SocketWorld.Create([.. lengths.Select((_, rank) => new ShardRun(rank, 1))]);

        byte[][] gathered = await Task.WhenAll(world.Ranks.Select(async c =>
        {
            byte[] buffer = new byte[whole.Length];
            Range own = (int)offsets[c.Rank]..(int)offsets[c.Rank + 1];
            whole.AsSpan(own).CopyTo(buffer.AsSpan(own));
            await c.AllGatherAsync(buffer, offsets, Cancelled);
            return buffer;
        })).WaitAsync(Soon, Cancelled);

        Assert.All(gathered, buffer => Assert.True(buffer.AsSpan().SequenceEqual(whole)));
    }

    private static ImmutableArray<ShardRun> Runs(int shards, IEnumerable<int> cuts)
    {
        int[] bounds = [0, .. cuts.Order(), shards];
        return [.. Enumerable.Range(0, bounds.Length - 1).Select(i => new ShardRun(bounds[i], bounds[i + 1] - bounds[i]))];
    }

    private static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static float[] Floats(int length, int seed)
    {
        var random = new Random(seed);
        float[] floats = new float[length];
        for (int i = 0; i < length; i++)
            floats[i] = (random.NextSingle() - 0.5f) * MathF.Pow(10, random.Next(8));
        return floats;
    }
}
