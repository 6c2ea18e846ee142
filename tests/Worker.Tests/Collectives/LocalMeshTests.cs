using Distributed.Testing;
using Distributed.Training.Collectives;
using Distributed.Worker.Collectives;
using Microsoft.Extensions.Time.Testing;

namespace Distributed.Worker.Tests.Collectives;

public sealed class LocalMeshTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task JoinAsync_AllRanks_GatherTogether(int worldSize)
    {
        var meshes = await Task.WhenAll(Enumerable.Range(0, worldSize).Reverse().Select(rank => JoinAsync(rank, worldSize)));

        var gathered = await Task.WhenAll(meshes.Select(GatherRanksAsync));

        Assert.All(gathered, bytes => Assert.Equal(Enumerable.Range(0, worldSize).Select(rank => (byte)rank), bytes));
        foreach (var mesh in meshes)
            await mesh.DisposeAsync();
    }

    [Fact]
    public async Task JoinAsync_RankThatLeaves_EndsTheOthersNextOperation()
    {
        var meshes = await Task.WhenAll(Enumerable.Range(0, 3).Select(rank => JoinAsync(rank, 3)));

        await meshes[1].DisposeAsync();

        foreach (var survivor in (LocalMesh[])[meshes[0], meshes[2]])
            await Assert.ThrowsAsync<CollectiveAbortedException>(() => survivor.Collectives.BarrierAsync(Wait.Token).AsTask());
        await meshes[0].DisposeAsync();
        await meshes[2].DisposeAsync();
    }

    [Fact]
    public async Task JoinAsync_RankThatDoesNotCome_IsNamed()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        var joining = LocalMesh.JoinAsync(Folder(), rank: 1, worldSize: 2, TimeSpan.FromSeconds(30), time, Wait.Token);
        while (!joining.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var refused = await Assert.ThrowsAsync<CollectiveAbortedException>(() => joining);
        Assert.Equal((0, "rank 0 did not come within 30 s"), (refused.PeerRank, refused.Reason));
    }

    [Fact]
    public async Task JoinAsync_FolderThatIsMissing_IsAnIOException() =>
        await Assert.ThrowsAsync<IOException>(() => LocalMesh.JoinAsync(
            new DirectoryInfo(_folder.PathOf("none")), rank: 0, worldSize: 2, Wait.Long, TimeProvider.System, Wait.Token));

    [Fact]
    public async Task JoinAsync_FolderWithALongPath_SaysSo()
    {
        var refused = await Assert.ThrowsAsync<IOException>(() => LocalMesh.JoinAsync(
            Directory.CreateDirectory(_folder.PathOf(new string('x', 100))), rank: 0, worldSize: 2, Wait.Long, TimeProvider.System, Wait.Token));

        Assert.Contains("set TMPDIR to a shorter one", refused.Message, StringComparison.Ordinal);
    }

    private Task<LocalMesh> JoinAsync(int rank, int worldSize) => LocalMesh.JoinAsync(Folder(), rank, worldSize, Wait.Long, TimeProvider.System, Wait.Token);

    private DirectoryInfo Folder() => new(_folder.Path);

    private static async Task<byte[]> GatherRanksAsync(LocalMesh mesh)
    {
        var bytes = new byte[mesh.Collectives.WorldSize];
        bytes[mesh.Collectives.Rank] = (byte)mesh.Collectives.Rank;
        await mesh.Collectives.AllGatherAsync(bytes, Enumerable.Range(0, bytes.Length + 1).Select(at => (long)at).ToArray(), Wait.Token);
        return bytes;
    }
}
