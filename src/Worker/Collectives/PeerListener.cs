using System.Net;
using System.Net.Sockets;

namespace Distributed.Worker.Collectives;

/// <summary>
/// Where other workers call this process; open before the coordinator hears of it, and for the process's whole life. A call for a generation that this
/// process has not heard of yet is kept until it asks; one of a past generation is closed.
/// </summary>
internal sealed partial class PeerListener : IAsyncDisposable
{
    private const int Backlog = 128;
    private const int MaxWaitingCalls = 256;

    /// <summary>Time for a caller to say who it is.</summary>
    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly ILogger<PeerListener> _logger;
    private readonly DirectoryInfo? _folder;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    // Accept loop and whoever forms a mesh, under the lock.
    private readonly Lock _gate = new();
    private readonly Dictionary<(GenerationKey Key, int From), TaskCompletionSource<PeerCall>> _calls = [];
    private GenerationKey _oldest = new(long.MinValue, long.MinValue);

    private PeerListener(Socket socket, PeerEndpoint endpoint, DirectoryInfo? folder, TimeProvider time, ILogger<PeerListener> logger)
    {
        _socket = socket;
        _folder = folder;
        _time = time;
        _logger = logger;
        Endpoint = endpoint;
        _accepting = AcceptLoopAsync();
    }

    /// <summary>What to tell the coordinator.</summary>
    public PeerEndpoint Endpoint { get; }

    /// <summary>Listens where only this machine reaches it.</summary>
    public static PeerListener Listen(PeerTransport transport, TimeProvider time, ILogger<PeerListener> logger) => transport switch
    {
        PeerTransport.Unix => ListenOnUnixSocket(time, logger),
        PeerTransport.Tcp => ListenOnTcp(IPAddress.Loopback, time, logger),
        _ => throw new ArgumentOutOfRangeException(nameof(transport)),
    };

    /// <summary>Listens at <paramref name="path"/>, a Unix domain socket in a folder that others own. The file is there once calls are taken.</summary>
    public static PeerListener ListenAt(string path, TimeProvider time, ILogger<PeerListener> logger) => ListenAt(path, folder: null, time, logger);

    /// <summary>Waits for the call of one rank of one generation. The caller of this method owns the socket and answers the greeting.</summary>
    public async Task<PeerCall> TakeAsync(GenerationKey key, int from, CancellationToken cancellationToken)
    {
        Task<PeerCall> call;
        lock (_gate)
            call = Slot(key, from).Task;
        var taken = await call.WaitAsync(cancellationToken);
        lock (_gate)
            _calls.Remove((key, from));
        return taken;
    }

    /// <summary>Closes calls of generations before <paramref name="key"/>, those to come too.</summary>
    public void Forget(GenerationKey key)
    {
        lock (_gate)
        {
            _oldest = key > _oldest ? key : _oldest;
            foreach (var stale in _calls.Where(c => c.Key.Key < _oldest).ToList())
            {
                _calls.Remove(stale.Key);
                Discard(stale.Value);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _accepting;
        lock (_gate)
        {
            foreach (var call in _calls.Values)
                Discard(call);
            _calls.Clear();
        }
        if (_folder is not null)
            PeerSocketFolder.Remove(_folder);
    }

    /// <summary>Listens on a Unix domain socket in a new folder that only this user can enter.</summary>
    private static PeerListener ListenOnUnixSocket(TimeProvider time, ILogger<PeerListener> logger)
    {
        var folder = PeerSocketFolder.Create();
        return ListenAt(PeerSocketFolder.SocketPath(folder), folder, time, logger);
    }

    private static PeerListener ListenAt(string path, DirectoryInfo? folder, TimeProvider time, ILogger<PeerListener> logger)
    {
        string unready = PeerSocketFolder.Unready(path);
        var socket = Bind(new UnixPeerEndpoint(unready));
        File.Move(unready, path);
        return new PeerListener(socket, new UnixPeerEndpoint(path), folder, time, logger);
    }

    /// <summary>Listens on a free port of <paramref name="address"/>.</summary>
    private static PeerListener ListenOnTcp(IPAddress address, TimeProvider time, ILogger<PeerListener> logger)
    {
        var socket = Bind(new TcpPeerEndpoint(address.ToString(), 0));
        var endpoint = new TcpPeerEndpoint(address.ToString(), ((IPEndPoint)socket.LocalEndPoint!).Port);
        return new PeerListener(socket, endpoint, folder: null, time, logger);
    }

    private static Socket Bind(PeerEndpoint endpoint)
    {
        var socket = endpoint.CreateSocket();
        socket.Bind(endpoint.Address);
        socket.Listen(Backlog);
        return socket;
    }

    private static void Discard(TaskCompletionSource<PeerCall> call)
    {
        if (call.Task.IsCompletedSuccessfully)
            call.Task.Result.Socket.Dispose();
        else
            call.TrySetCanceled();
    }

    private async Task AcceptLoopAsync()
    {
        var greetings = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _socket.AcceptAsync(_stopping.Token);
                greetings.RemoveAll(g => g.IsCompleted);
                if (greetings.Count < MaxWaitingCalls)
                    greetings.Add(GreetAsync(socket));
                else
                    socket.Dispose();
            }
        }
        catch (Exception e) when (_stopping.IsCancellationRequested && e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(greetings);
        }
    }

    private async Task GreetAsync(Socket socket)
    {
        using var timeout = new CancellationTokenSource(GreetingTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        try
        {
            PeerEndpoint.Tune(socket);
            var greeting = await PeerHandshake.ReceiveAsync(socket, either.Token);
            if (!TryKeep(new PeerCall(socket, greeting)))
                socket.Dispose();
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException or PeerProtocolException or OperationCanceledException)
        {
            LogCallRefused(e.Message);
            socket.Dispose();
        }
    }

    private bool TryKeep(PeerCall call)
    {
        lock (_gate)
        {
            var greeting = call.Greeting;
            if (greeting.Key < _oldest || _calls.Count >= MaxWaitingCalls)
                return false;
            return Slot(greeting.Key, greeting.From).TrySetResult(call);
        }
    }

    private TaskCompletionSource<PeerCall> Slot(GenerationKey key, int from)
    {
        if (!_calls.TryGetValue((key, from), out var slot))
            _calls[(key, from)] = slot = new TaskCompletionSource<PeerCall>(TaskCreationOptions.RunContinuationsAsynchronously);
        return slot;
    }

    [LoggerMessage(LogLevel.Debug, "Call refused: {Reason}")]
    private partial void LogCallRefused(string reason);
}
