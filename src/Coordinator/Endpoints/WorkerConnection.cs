using System.Threading.Channels;
using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Endpoints;

/// <summary>The outgoing half of one worker's stream: a bounded queue, so that a worker that does not read holds up nobody else.</summary>
internal sealed class WorkerConnection(long id) : IDisposable
{
    private const int QueueLength = 256;
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private readonly Channel<Notice> _outbound =
        Channel.CreateBounded<Notice>(new BoundedChannelOptions(QueueLength) { SingleReader = true, SingleWriter = true });

    private readonly CancellationTokenSource _drained = new();
    private volatile string _reason = "";

    /// <summary>Never used for another stream.</summary>
    public long Id => id;

    /// <summary>Why the coordinator closes the stream; empty while it does not.</summary>
    public string CloseReason => _reason;

    public ChannelReader<Notice> Outbound => _outbound.Reader;

    /// <summary>Cancelled when a closed stream has had its time to send what was queued.</summary>
    public CancellationToken Drained => _drained.Token;

    public void Send(Notice notice)
    {
        if (!_outbound.Writer.TryWrite(notice))
            Close("does not read what it is told");
    }

    /// <summary>Closes the stream once what was queued is sent, or after 5 s.</summary>
    public void Close(string reason)
    {
        _reason = reason;
        _outbound.Writer.TryComplete();
        try
        {
            _drained.CancelAfter(DrainTime);
        }
        catch (ObjectDisposedException)
        {
            // The stream ended by itself meanwhile.
        }
    }

    public void Dispose() => _drained.Dispose();
}
