using System.Collections.Immutable;
using System.Net.Sockets;
using Distributed.Training.Collectives;

namespace Distributed.Worker.Collectives;

/// <summary>Connects each pair of a generation once: the higher rank calls the lower, and both check who is at the other end.</summary>
internal static class PeerMesh
{
    /// <summary>Connects this rank to all others.</summary>
    /// <exception cref="CollectiveAbortedException">A peer cannot be reached, or is not the one that was meant.</exception>
    public static async Task<SocketCollectives> FormAsync(PeerListener listener, MeshPlan plan, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        listener.Forget(plan.Key);
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        var connecting = plan.Endpoints.Select((_, peer) => ConnectAsync(listener, plan, peer, either, deadline.Token)).ToImmutableArray();
        try
        {
            var sockets = await Task.WhenAll(connecting);
            return new SocketCollectives(plan.Key, plan.Rank, plan.Runs, [.. sockets]);
        }
        catch
        {
            foreach (var connected in connecting.Where(c => c.IsCompletedSuccessfully))
                connected.Result?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw connecting.Select(c => c.Exception?.InnerException).OfType<CollectiveAbortedException>().FirstOrDefault()
                ?? new CollectiveAbortedException(plan.Key.Generation, null, "could not connect to the other ranks");
        }
    }

    /// <summary>One peer's connection; its failure ends the wait for the others.</summary>
    private static async Task<Socket?> ConnectAsync(PeerListener listener, MeshPlan plan, int peer, CancellationTokenSource all, CancellationToken deadline)
    {
        if (peer == plan.Rank)
            return null;
        try
        {
            return peer < plan.Rank ? await CallAsync(plan, peer, all.Token) : await AnswerAsync(listener, plan, peer, all.Token);
        }
        catch (OperationCanceledException) when (!deadline.IsCancellationRequested)
        {
            throw; // another peer's failure, or the generation's end
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException or PeerProtocolException or OperationCanceledException)
        {
            await all.CancelAsync();
            string reason = e is OperationCanceledException ? "it did not connect in time" : e.Message;
            throw new CollectiveAbortedException(plan.Key.Generation, peer, $"no connection to rank {peer} at {plan.Endpoints[peer]}: {reason}", e);
        }
    }

    private static async Task<Socket> CallAsync(MeshPlan plan, int peer, CancellationToken cancellationToken)
    {
        var endpoint = plan.Endpoints[peer];
        var socket = endpoint.CreateSocket();
        try
        {
            await socket.ConnectAsync(endpoint.Address, cancellationToken);
            var own = new PeerHandshake(plan.RunId, plan.Key, plan.Rank, peer);
            await own.SendAsync(socket, cancellationToken);
            var answer = await PeerHandshake.ReceiveAsync(socket, cancellationToken);
            return answer == own.Answer() ? socket : throw new PeerProtocolException("it is not the worker that was meant");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Socket> AnswerAsync(PeerListener listener, MeshPlan plan, int peer, CancellationToken cancellationToken)
    {
        var expected = new PeerHandshake(plan.RunId, plan.Key, peer, plan.Rank);
        while (true)
        {
            var call = await listener.TakeAsync(plan.Key, peer, cancellationToken);
            if (call.Greeting != expected)
            {
                call.Socket.Dispose(); // of another run: whoever is meant may still come
                continue;
            }
            try
            {
                await expected.Answer().SendAsync(call.Socket, cancellationToken);
                return call.Socket;
            }
            catch
            {
                call.Socket.Dispose();
                throw;
            }
        }
    }
}
