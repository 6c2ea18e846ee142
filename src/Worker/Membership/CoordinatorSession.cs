using System.Threading.Channels;
using Distributed.Protocol;
using Grpc.Core;
using ControlCall = Grpc.Core.AsyncDuplexStreamingCall<Distributed.Protocol.WorkerMessage, Distributed.Protocol.CoordinatorMessage>;

namespace Distributed.Worker.Membership;

/// <summary>
/// One stream to the coordinator, from its first answer to its end. One loop writes, one reads, one beats. Messages are sorted by generation as they
/// come, so that a generation's end reaches whoever works for it at once.
/// </summary>
internal sealed partial class CoordinatorSession : IAsyncDisposable
{
    private readonly ControlCall _call;
    private readonly CancellationTokenSource _lifetime;
    private readonly ILogger _logger;
    private readonly Channel<WorkerMessage> _outbound = Channel.CreateUnbounded<WorkerMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Channel<GenerationMailbox> _generations = Channel.CreateUnbounded<GenerationMailbox>();
    private Task _loops = Task.CompletedTask;
    private GenerationMailbox? _current; // the reader only

    private CoordinatorSession(ControlCall call, CancellationTokenSource lifetime, Welcome welcome, ILogger logger)
    {
        _call = call;
        _lifetime = lifetime;
        Welcome = welcome;
        _logger = logger;
    }

    /// <summary>The run and the coordinator's incarnation; empty where its first word was Stop.</summary>
    public Welcome Welcome { get; }

    /// <summary>The coordinator's last word; null while it has not said it.</summary>
    public Stop? Stop { get; private set; }

    /// <summary>Takes over an open call whose first answer has come.</summary>
    public static CoordinatorSession Start(
        ControlCall call, CoordinatorMessage first, CancellationTokenSource lifetime, TimeSpan heartbeatInterval, TimeProvider time, ILogger logger)
    {
        if (first.BodyCase is not (CoordinatorMessage.BodyOneofCase.Welcome or CoordinatorMessage.BodyOneofCase.Stop))
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"the coordinator's first message is {first.BodyCase}, not Welcome"));

        var session = new CoordinatorSession(call, lifetime, first.Welcome ?? new Welcome(), logger);
        if (first.Stop is not null)
            session.Dispatch(first);
        session._loops = Task.WhenAll(session.ReadLoopAsync(), session.WriteLoopAsync(), session.HeartbeatLoopAsync(heartbeatInterval, time));
        return session;
    }

    /// <summary>Sends after everything sent before. A message after the stream's end is lost, as is one that was under way.</summary>
    public void Send(WorkerMessage message) => _outbound.Writer.TryWrite(message);

    /// <summary>The next generation that this worker is a member of; null when there is none: the run stopped or the stream broke, see <see cref="Stop"/>.</summary>
    public async Task<GenerationMailbox?> NextGenerationAsync(CancellationToken cancellationToken)
    {
        while (await _generations.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_generations.Reader.TryRead(out var mailbox))
                return mailbox;
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync();
        await _loops;
        _call.Dispose();
        _lifetime.Dispose();
    }

    private async Task ReadLoopAsync()
    {
        string reason = "the coordinator ended the stream";
        try
        {
            while (Stop is null && await _call.ResponseStream.MoveNext(_lifetime.Token))
                Dispatch(_call.ResponseStream.Current);
        }
        catch (Exception e) when (e is RpcException or IOException or OperationCanceledException)
        {
            reason = e is RpcException { StatusCode: StatusCode.Aborted } closed ? closed.Status.Detail : "connection lost";
        }
        if (Stop is null && !_lifetime.IsCancellationRequested)
            LogStreamBroke(reason);
        _outbound.Writer.TryComplete();
        _current?.Close(Stop is null ? "lost the coordinator" : "the run stopped");
        _generations.Writer.TryComplete();
    }

    private void Dispatch(CoordinatorMessage message)
    {
        switch (message.BodyCase)
        {
            case CoordinatorMessage.BodyOneofCase.GenerationStarted when message.GenerationStarted.CoordinatorIncarnation == Welcome.CoordinatorIncarnation:
                _current?.Close("another generation started");
                _current = new GenerationMailbox(message.GenerationStarted);
                _generations.Writer.TryWrite(_current);
                break;
            case CoordinatorMessage.BodyOneofCase.GenerationClosed when IsCurrent(message.GenerationClosed.Generation):
                _current!.Close(message.GenerationClosed.Reason);
                break;
            case CoordinatorMessage.BodyOneofCase.Task when IsCurrent(message.Task.Generation):
            case CoordinatorMessage.BodyOneofCase.Decision when IsCurrent(message.Decision.Generation):
                _current!.Post(message);
                break;
            case CoordinatorMessage.BodyOneofCase.Stop:
                Stop = message.Stop;
                break;
            default:
                LogFenced(message.BodyCase);
                break;
        }
    }

    private bool IsCurrent(long generation) => _current?.Started.Generation == generation;

    private async Task WriteLoopAsync()
    {
        try
        {
            await foreach (var message in _outbound.Reader.ReadAllAsync(_lifetime.Token))
                await _call.RequestStream.WriteAsync(message, _lifetime.Token);
        }
        catch (Exception e) when (e is RpcException or IOException or InvalidOperationException or OperationCanceledException)
        {
            _outbound.Writer.TryComplete(); // the reader sees the same end, and says why
        }
    }

    private async Task HeartbeatLoopAsync(TimeSpan interval, TimeProvider time)
    {
        var beat = new WorkerMessage { Heartbeat = new Heartbeat() };
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_lifetime.Token) && _outbound.Writer.TryWrite(beat))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // The session is over.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The stream to the coordinator broke: {Reason}")]
    private partial void LogStreamBroke(string reason);

    [LoggerMessage(LogLevel.Debug, "{Message} of another generation, dropped")]
    private partial void LogFenced(CoordinatorMessage.BodyOneofCase message);
}
