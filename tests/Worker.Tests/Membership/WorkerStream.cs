using System.Threading.Channels;
using Distributed.Protocol;
using Grpc.Core;

namespace Distributed.Worker.Tests.Membership;

/// <summary>One worker's stream, seen from the fake coordinator.</summary>
internal sealed class WorkerStream(Hello hello, IAsyncStreamReader<WorkerMessage> incoming, IServerStreamWriter<CoordinatorMessage> outgoing)
{
    private readonly Channel<WorkerMessage> _received = Channel.CreateUnbounded<WorkerMessage>();
    private readonly Channel<CoordinatorMessage> _toSend = Channel.CreateUnbounded<CoordinatorMessage>();
    private readonly Channel<bool> _heartbeats = Channel.CreateUnbounded<bool>();

    public Hello Hello { get; } = hello;

    /// <summary>The next heartbeat.</summary>
    public Task HeartbeatAsync() => _heartbeats.Reader.ReadAsync(Wait.Token).AsTask().WaitAsync(Wait.Long, Wait.Token);

    public void Send(CoordinatorMessage message) => _toSend.Writer.TryWrite(message);

    /// <summary>Ends the stream without a word.</summary>
    public void Break() => _toSend.Writer.TryComplete(new RpcException(new Status(StatusCode.Aborted, "broken by the test")));

    /// <summary>The next message that is no heartbeat.</summary>
    public Task<WorkerMessage> NextAsync() => _received.Reader.ReadAsync(Wait.Token).AsTask().WaitAsync(Wait.Long, Wait.Token);

    /// <summary>Serves the stream until it ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var receiving = ReceiveAsync(cancellationToken);
        await foreach (var message in _toSend.Reader.ReadAllAsync(cancellationToken))
            await outgoing.WriteAsync(message, cancellationToken);
        await receiving;
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await incoming.MoveNext(cancellationToken))
            {
                if (incoming.Current.Heartbeat is null)
                    _received.Writer.TryWrite(incoming.Current);
                else
                    _heartbeats.Writer.TryWrite(true);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The worker is gone.
        }
        _received.Writer.TryComplete();
        _toSend.Writer.TryComplete();
    }
}
