using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;
using Distributed.Training.Steps;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Steps;

public sealed class RowGatherTests
{
    private const int Rows = 10, Width = 3, RowBytes = Width * sizeof(float);

    private static readonly ImmutableArray<ShardRun> Runs = [new(0, 2), new(2, 1), new(3, 1)];

    private static readonly StepPlan Plan = new()
    {
        Step = 0,
        Epoch = 0,
        Rows = [.. Enumerable.Range(0, Rows)],
        Shards = [new(0, 4), new(4, 0), new(4, 5), new(9, 1)],
        Hash = 0,
    };

    [Theory]
    [InlineData(1, 10)]
    [InlineData(3 * RowBytes, 4)]
    [InlineData((4 * RowBytes) + 1, 3)]
    [InlineData(Rows * RowBytes, 1)]
    [InlineData(long.MaxValue, 1)]
    public async Task ExchangeAsync_RowsInWindows_AllRanksHoldAllRows(long windowBytes, int collectives)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var expected = Enumerable.Range(0, Rows * Width).Select(number => (float)number).ToArray();
        var ranks = LoopbackCollectives.Create(Runs.Length, Runs).Select(rank => new CountedCollectives(rank)).ToArray();

        var gathered = await Task.WhenAll(ranks.Select(rank => Task.Run(() => GatherAsync(rank, expected, windowBytes, cancellationToken), cancellationToken)));

        Assert.All(gathered, rows => Assert.Equal(expected, rows));
        Assert.All(ranks, rank => Assert.Equal(collectives, rank.Calls.Count));
    }

    private static async Task<float[]> GatherAsync(CountedCollectives rank, float[] all, long windowBytes, CancellationToken cancellationToken)
    {
        using var gather = new RowGather(ScalarType.Float32);
        using var rows = gather.Open(Rows, Width);
        Write(rows, Runs[rank.Rank], all);
        await RowGather.ExchangeAsync(rows, Plan, rank, cancellationToken, windowBytes);
        return rows.data<float>().ToArray();
    }

    private static void Write(Tensor rows, ShardRun run, float[] all)
    {
        using var scope = NewDisposeScope();
        foreach (var shard in Plan.Shards.AsSpan(run.First, run.Count))
            rows.narrow(0, shard.Start, shard.Count).copy_(tensor(all).view(Rows, Width).narrow(0, shard.Start, shard.Count));
    }
}
