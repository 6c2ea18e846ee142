using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Protocol;
using Distributed.Testing;
using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;
using Distributed.Worker.Runs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Worker.Tests.Runs;

public sealed class StateTransferTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Restore_WhileACheckpointIsWritten_ReceivesOnceItIsSealed()
    {
        var replica = new FakeReplica();
        var ledger = new ReplicaLedger(replica);
        var buffer = new StateBuffer(replica.Layout);
        using var mayEnd = new ManualResetEventSlim();
        var checkpoints = new BackgroundCheckpoints(
            replica, buffer, new CheckpointWriter(_folder.PathOf("checkpoints"), keep: 2), TimeProvider.System, NullLogger<BackgroundCheckpoints>.Instance);
        checkpoints.Sealed += _ => mayEnd.Wait();
        var transfer = new StateTransfer(replica, ledger, buffer, checkpoints, NullLogger<StateTransfer>.Instance);
        await using var peers = new Receiver();
        await checkpoints.StartAsync();

        var restoring = transfer.RestoreAsync(
            new GenerationStarted { StepsDecided = 0, SourceRank = 0, BroadcastState = true }, peers, TestContext.Current.CancellationToken);
        var receivedWhileWriting = peers.Broadcasts;
        mayEnd.Set();
        await restoring;

        Assert.Equal(0, receivedWhileWriting);
        Assert.Equal(buffer.State.Sections.Length + 1, peers.Broadcasts);
    }

    /// <summary>Rank 1 of two, to whom nothing but zeros is sent, at once.</summary>
    private sealed class Receiver : ICollectives
    {
        public int Broadcasts { get; private set; }

        public int Rank => 1;

        public int WorldSize => 2;

        public ImmutableArray<ShardRun> Runs => [new ShardRun(0, 1), new ShardRun(1, 1)];

        public ValueTask BroadcastAsync(Memory<byte> buffer, int source, CancellationToken cancellationToken)
        {
            buffer.Span.Clear();
            Broadcasts++;
            return ValueTask.CompletedTask;
        }

        public ValueTask BroadcastAsync(Memory<float> buffer, int source, CancellationToken cancellationToken)
        {
            buffer.Span.Clear();
            Broadcasts++;
            return ValueTask.CompletedTask;
        }

        public ValueTask AllGatherAsync(Memory<byte> buffer, ReadOnlyMemory<long> offsets, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask SumShardsAsync(ImmutableArray<Memory<float>> partials, Memory<float> sum, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask BarrierAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
