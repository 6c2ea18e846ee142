using Distributed.Protocol;
using Distributed.Training.Checkpoints;
using Distributed.Worker.Collectives;
using Distributed.Worker.Membership;
using Distributed.Worker.Runs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Worker.Tests.Runs;

/// <summary>A whole worker in this process, with a fake replica.</summary>
internal sealed class WorkerUnderTest : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PeerListener _listener;
    private readonly CoordinatorClient _client;

    public WorkerUnderTest(Uri coordinator, string name, string checkpoints, FakeReplica? replica = null, ConnectionOptions? options = null)
    {
        Replica = replica ?? new FakeReplica();
        Name = name;
        _listener = PeerListener.Listen(PeerTransport.Unix, TimeProvider.System, NullLogger<PeerListener>.Instance);
        _client = new CoordinatorClient(
            options ?? new ConnectionOptions { Coordinator = coordinator, LongestPause = TimeSpan.FromMilliseconds(100) }, TimeProvider.System, NullLogger<CoordinatorClient>.Instance);
        var buffer = new StateBuffer(Replica.Layout);
        var ledger = new ReplicaLedger(Replica);
        var writer = new BackgroundCheckpoints(
            Replica, buffer, new CheckpointWriter(checkpoints, keep: 2), TimeProvider.System, NullLogger<BackgroundCheckpoints>.Instance);
        var loop = new GenerationLoop(
            new WorkerIdentity(name, Incarnation, "job", "data"),
            _client,
            _listener,
            ledger,
            new StateTransfer(Replica, ledger, buffer, writer, NullLogger<StateTransfer>.Instance),
            new TaskRunner(Replica, ledger, new FakePlans(), writer, NullLogger<TaskRunner>.Instance),
            writer,
            TimeProvider.System,
            NullLogger<GenerationLoop>.Instance);
        Running = loop.RunAsync(_stopping.Token);
    }

    public string Name { get; }

    public string Incarnation { get; } = Guid.NewGuid().ToString();

    public FakeReplica Replica { get; }

    /// <summary>The worker's work; its result is the coordinator's last word.</summary>
    public Task<Stop> Running { get; }

    /// <summary>Ends the worker as a kill would: sockets and stream close, nothing is said.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        await Running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await _listener.DisposeAsync();
        _client.Dispose();
    }
}
