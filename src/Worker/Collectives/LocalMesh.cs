using System.Collections.Immutable;
using System.Net.Sockets;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Worker.Collectives;

/// <summary>
/// The processes of one command on this machine, joined without a coordinator: each listens in a folder that their launcher made for them, under a
/// name that follows from its rank. They are one generation for their whole life; when one of them dies the others' next operation throws.
/// </summary>
internal sealed class LocalMesh : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly GenerationKey OnlyGeneration = new(1, 1);

    private readonly PeerListener _listener; // open as long as others may still call each other: its socket is what keeps the folder

    private LocalMesh(PeerListener listener, ICollectives collectives) => (_listener, Collectives) = (listener, collectives);

    /// <summary>What the processes do together. Owned by the mesh.</summary>
    public ICollectives Collectives { get; }

    /// <summary>Connects this process to all others.</summary>
    /// <param name="folder">The folder that all share, private to this user.</param>
    /// <param name="rank">This process's place.</param>
    /// <param name="worldSize">Number of processes.</param>
    /// <param name="timeout">Time for all to come.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CollectiveAbortedException">Not all came.</exception>
    /// <exception cref="IOException">This process cannot listen in the folder.</exception>
    public static async Task<LocalMesh> JoinAsync(
        DirectoryInfo folder, int rank, int worldSize, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        PeerSocketFolder.RemoveAbandoned();
        var listener = Listen(folder, rank, time);
        try
        {
            var plan = PlanOf(folder, rank, worldSize);
            await LowerRanksAsync(folder, rank, timeout, time, cancellationToken);
            return new LocalMesh(listener, await PeerMesh.FormAsync(listener, plan, timeout, time, cancellationToken));
        }
        catch
        {
            await listener.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Collectives.DisposeAsync();
        await _listener.DisposeAsync();
    }

    private static PeerListener Listen(DirectoryInfo folder, int rank, TimeProvider time)
    {
        try
        {
            return PeerListener.ListenAt(PeerSocketFolder.SocketPath(folder, rank), time, NullLogger<PeerListener>.Instance);
        }
        catch (SocketException e)
        {
            throw new IOException($"{folder.FullName}: cannot listen there: {e.Message}", e);
        }
    }

    private static MeshPlan PlanOf(DirectoryInfo folder, int rank, int worldSize)
    {
        var ranks = Enumerable.Range(0, worldSize).ToImmutableArray();
        return new MeshPlan(
            folder.Name,
            OnlyGeneration,
            rank,
            [.. ranks.Select(peer => new UnixPeerEndpoint(PeerSocketFolder.SocketPath(folder, peer)))],
            [.. ranks.Select(peer => new ShardRun(peer, 1))]);
    }

    /// <summary>Waits until the ranks that this one calls listen.</summary>
    private static async Task LowerRanksAsync(DirectoryInfo folder, int rank, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        for (int peer = 0; peer < rank; peer++)
        {
            try
            {
                while (!File.Exists(PeerSocketFolder.SocketPath(folder, peer)))
                    await Task.Delay(PollInterval, time, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new CollectiveAbortedException(OnlyGeneration.Generation, peer, $"rank {peer} did not come within {timeout.TotalSeconds:0} s");
            }
        }
    }
}
