using System.Threading.Channels;
using Distributed.Protocol;

namespace Distributed.Worker.Membership;

/// <summary>What the coordinator says in one generation: its start, then tasks and decisions in order, until it is closed.</summary>
internal sealed class GenerationMailbox(GenerationStarted started) : IDisposable
{
    private readonly Channel<CoordinatorMessage> _messages =
        Channel.CreateUnbounded<CoordinatorMessage>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly CancellationTokenSource _closed = new();

    /// <summary>Members, and the state to start from.</summary>
    public GenerationStarted Started { get; } = started;

    /// <summary>Tasks and decisions of this generation only.</summary>
    public ChannelReader<CoordinatorMessage> Messages => _messages.Reader;

    /// <summary>Cancelled when the generation is over: closed, the run stopped, or the stream broken.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Why it is over; empty while it is not.</summary>
    public string CloseReason { get; private set; } = "";

    public void Post(CoordinatorMessage message) => _messages.Writer.TryWrite(message);

    public void Close(string reason)
    {
        if (_closed.IsCancellationRequested)
            return;
        CloseReason = reason;
        _closed.Cancel();
    }

    public void Dispose() => _closed.Dispose();
}
