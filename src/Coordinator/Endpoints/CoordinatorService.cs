using Distributed.Coordinator.Runs;
using Grpc.Core;

namespace Distributed.Coordinator.Endpoints;

using Wire = Distributed.Protocol;

/// <summary>The gRPC edge: messages in, events out; notices in, messages out. No policy.</summary>
internal sealed class CoordinatorService(RunLoop loop, WorkerConnections connections) : Wire.Coordinator.CoordinatorBase
{
    private static readonly TimeSpan HelloTime = TimeSpan.FromSeconds(10);

    public override async Task Join(
        IAsyncStreamReader<Wire.WorkerMessage> requestStream, IServerStreamWriter<Wire.CoordinatorMessage> responseStream, ServerCallContext context)
    {
        var connection = connections.Open();
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        try
        {
            var reading = ReadAsync(connection, requestStream, closing.Token);
            var writing = WriteAsync(connection, responseStream, context.CancellationToken);
            await Task.WhenAny(reading, writing);
            await closing.CancelAsync();
            connection.Close(connection.CloseReason);

            var broken = await reading;
            var lastIsStop = await writing;
            if (!lastIsStop && (broken ?? connection.CloseReason) is { Length: > 0 } reason)
                throw new RpcException(new Status(StatusCode.Aborted, reason));
        }
        finally
        {
            connections.Remove(connection);
        }
    }

    /// <summary>Posts what comes until the stream ends, and then that it ended.</summary>
    /// <returns>What the worker did wrong; null: nothing.</returns>
    private async Task<string?> ReadAsync(WorkerConnection connection, IAsyncStreamReader<Wire.WorkerMessage> requests, CancellationToken closing)
    {
        var (reason, violation) = ("its stream ended", (string?)null);
        try
        {
            await loop.PostAsync(await HelloAsync(connection, requests, closing), closing);
            while (await requests.MoveNext(closing))
                await loop.PostAsync(InboundMessages.ToEvent(connection.Id, requests.Current), closing);
        }
        catch (ProtocolViolationException e)
        {
            (reason, violation) = ($"protocol violation: {e.Message}", e.Message);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.ResourceExhausted)
        {
            (reason, violation) = ("protocol violation: a message above 64 KiB", "a message is at most 64 KiB");
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or RpcException or InvalidOperationException)
        {
            reason = "its stream broke";
        }

        await loop.PostAsync(new Disconnected(connection.Id, reason), CancellationToken.None);
        return violation;
    }

    private static async Task<Joined> HelloAsync(
        WorkerConnection connection, IAsyncStreamReader<Wire.WorkerMessage> requests, CancellationToken closing)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(closing);
        patience.CancelAfter(HelloTime);
        return await requests.MoveNext(patience.Token)
            ? InboundMessages.ToJoined(connection.Id, requests.Current)
            : throw new ProtocolViolationException("the stream ended before Hello");
    }

    /// <summary>Sends what is queued until the connection is closed.</summary>
    /// <returns>Whether the last message sent was Stop.</returns>
    private static async Task<bool> WriteAsync(
        WorkerConnection connection, IServerStreamWriter<Wire.CoordinatorMessage> responses, CancellationToken broken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(broken, connection.Drained);
        var isStop = false;
        try
        {
            await foreach (var notice in connection.Outbound.ReadAllAsync(ended.Token))
            {
                await responses.WriteAsync(OutboundMessages.From(notice), ended.Token);
                isStop = notice is Stop;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or RpcException or InvalidOperationException)
        {
            // The stream is gone; the reading half says so.
        }

        return isStop;
    }
}
