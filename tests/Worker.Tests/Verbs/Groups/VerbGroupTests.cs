using Distributed.Testing;
using Distributed.Training.Collectives;
using Distributed.Worker.Verbs.Groups;

namespace Distributed.Worker.Tests.Verbs.Groups;

public sealed class VerbGroupTests : IDisposable
{
    private const int WorldSize = 4;
    private const int Rounds = 40;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Whoever is through first closes its connections while others still wait for a third one's last frame.
    [Fact]
    public async Task LeaveAsync_AfterTheLastOperation_EndsNobodyElsesOperation()
    {
        for (var round = 0; round < Rounds; round++)
            await Task.WhenAll(Ranks($"{round}").Select(place => Task.Run(async () =>
            {
                await using var group = await VerbGroup.JoinAsync(place, TimeProvider.System);
                await group.Collectives.BarrierAsync(group.Ended);
                await group.LeaveAsync();
            })));
    }

    [Fact]
    public async Task DisposeAsync_WithoutLeaving_EndsTheOthers()
    {
        var groups = await Task.WhenAll(Ranks("lost").Select(place => VerbGroup.JoinAsync(place, TimeProvider.System)));

        await groups[0].DisposeAsync();

        foreach (var group in groups[1..])
        {
            await Assert.ThrowsAsync<CollectiveAbortedException>(() => group.Collectives.BarrierAsync(Wait.Token).AsTask());
            await group.DisposeAsync();
        }
    }

    private IEnumerable<GroupPlace> Ranks(string name)
    {
        var peers = Directory.CreateDirectory(_folder.PathOf(name));
        return Enumerable.Range(0, WorldSize).Select(rank => new GroupPlace(rank, WorldSize, peers, HasLifeline: false));
    }
}
