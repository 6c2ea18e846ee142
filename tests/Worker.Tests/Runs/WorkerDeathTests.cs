using Distributed.Protocol;
using Distributed.Training.Collectives;
using Distributed.Worker.Tests.Membership;

namespace Distributed.Worker.Tests.Runs;

/// <summary>A worker dies at each point of a generation; the others say who, keep their state and go on without it.</summary>
public sealed class WorkerDeathTests : IAsyncLifetime
{
    private readonly DirectoryInfo _checkpoints = Directory.CreateTempSubdirectory("worker-tests-");
    private readonly List<WorkerUnderTest> _workers = [];
    private readonly List<WorkerStream> _streams = [];
    private FakeCoordinator _coordinator = null!;

    public async ValueTask InitializeAsync()
    {
        _coordinator = await FakeCoordinator.StartAsync();
        for (int i = 0; i < 3; i++)
        {
            _workers.Add(new WorkerUnderTest(_coordinator.Address, $"worker-{i}", _checkpoints.FullName));
            _streams.Add((await _coordinator.WelcomeAsync()).Stream);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await _coordinator.DisposeAsync();
        _checkpoints.Delete(recursive: true);
    }

    [Fact]
    public async Task Form_MemberIsDead_TheOthersNameIt()
    {
        await _workers[1].DisposeAsync();

        foreach (var survivor in Survivors)
            survivor.Send(Script.Started(1, 0, _streams));

        await ExpectFailureAsync(_streams[2], generation: 1);
        await ExpectStandbyAsync(_streams[2]);
        _streams[0].Send(Script.Closed(1)); // rank 0 is called and calls nobody: it may see no more than that rank 2 gave up
        await ExpectStandbyInTheEndAsync(_streams[0]);
        await GoOnAsync(generation: 2, stepsDecided: 0);
    }

    [Theory]
    [InlineData((int)ReplicaPoint.BeforeGather)]
    [InlineData((int)ReplicaPoint.BeforeSum)]
    public async Task Train_MemberDiesBeforeItsPart_TheOthersNameItAndRedoTheStep(int point)
    {
        await Script.FormAsync(1, 0, _streams);
        KillAt(_workers[1], (ReplicaPoint)point);

        foreach (var stream in _streams)
            stream.Send(Script.Train(1, 1, 0));

        foreach (var survivor in Survivors)
        {
            await ExpectFailureAsync(survivor, generation: 1);
            Assert.False((await ExpectStandbyAsync(survivor)).HasPending);
        }
        await GoOnAsync(generation: 2, stepsDecided: 0);
    }

    [Fact]
    public async Task Train_MemberDiesBeforeItsVote_TheOthersKeepTheGradientUntilTheyHear()
    {
        await Script.FormAsync(1, 0, _streams);
        var death = new TaskCompletionSource();
        _workers[1].Replica.At = point => point == ReplicaPoint.BeforeVote ? death.Task : Task.CompletedTask;
        foreach (var stream in _streams)
            stream.Send(Script.Train(1, 1, 0));
        ulong digest = 0;
        foreach (var survivor in Survivors)
            digest = (await survivor.NextAsync()).Vote.GradientDigest;
        death.SetException(new KilledException());

        foreach (var survivor in Survivors)
        {
            survivor.Send(Script.Closed(1));
            var held = await ExpectStandbyAsync(survivor);
            Assert.Equal((true, digest), (held.HasPending, held.PendingDigest));
        }

        await GoOnAsync(generation: 2, stepsDecided: 0);
    }

    [Fact]
    public async Task Train_MemberDiesAfterTheDecision_TheOthersHaveApplied()
    {
        await Script.FormAsync(1, 0, _streams);
        await Script.CommitAsync(1, 1, 0, _streams);
        await _workers[1].DisposeAsync();

        foreach (var survivor in Survivors)
        {
            survivor.Send(Script.Closed(1));
            Assert.Equal(1, (await ExpectStandbyAsync(survivor)).StepsDecided);
        }

        await GoOnAsync(generation: 2, stepsDecided: 1);
    }

    [Theory]
    [InlineData((int)ReplicaPoint.Export)]
    [InlineData((int)ReplicaPoint.Import)]
    public async Task Restore_SourceOrReceiverDies_TheOthersGoOn(int point)
    {
        KillAt(_workers[1], (ReplicaPoint)point);
        int source = point == (int)ReplicaPoint.Export ? 1 : 0;

        foreach (var stream in _streams)
            stream.Send(Script.Started(1, 0, _streams, s => (s.BroadcastState, s.SourceRank) = (true, source)));

        foreach (var survivor in Survivors)
        {
            // Who has all of the broadcast when its receiver dies is ready, and hears of the death from the coordinator.
            var message = await survivor.NextAsync();
            if (message.Ready is not null)
                survivor.Send(Script.Closed(1));
            else
                Assert.Equal(1, message.GenerationFailed.Generation); // whom it suspects depends on whose connection it saw close first
            await ExpectStandbyAsync(survivor);
        }
        await GoOnAsync(generation: 2, stepsDecided: 0);
    }

    [Fact]
    public async Task Train_PeerStallsAndGenerationIsClosed_WaitEndsAtOnce()
    {
        await Script.FormAsync(1, 0, _streams);
        var resume = new TaskCompletionSource();
        _workers[1].Replica.At = point => point == ReplicaPoint.BeforeSum ? resume.Task : Task.CompletedTask;
        foreach (var stream in _streams)
            stream.Send(Script.Train(1, 1, 0));

        foreach (var survivor in Survivors)
        {
            survivor.Send(Script.Closed(1));
            // Whoever hears it later than its peer may see the peer's connection close first.
            await ExpectStandbyInTheEndAsync(survivor);
        }
        await GoOnAsync(generation: 2, stepsDecided: 0);
        resume.SetResult();
    }

    [Fact]
    public async Task Train_CoordinatorIsLostInAStep_WorkIsDroppedAndTheStateIsHeld()
    {
        await Script.FormAsync(1, 0, _streams);
        await Script.CommitAsync(1, 1, 0, _streams);
        var blocked = new TaskCompletionSource();
        _workers[1].Replica.At = _ => blocked.Task;
        foreach (var stream in _streams)
            stream.Send(Script.Train(1, 2, 1));

        _streams[0].Break();
        _streams[2].Break();

        foreach (int _ in new[] { 0, 2 })
            Assert.Equal(1, (await _coordinator.WelcomeAsync(incarnation: 2)).Held.StepsDecided);
        blocked.SetResult();
    }

    private IEnumerable<WorkerStream> Survivors => [_streams[0], _streams[2]];

    private static void KillAt(WorkerUnderTest worker, ReplicaPoint where) =>
        worker.Replica.At = point => point == where ? Task.FromException(new KilledException()) : Task.CompletedTask;

    private static async Task ExpectFailureAsync(WorkerStream survivor, long generation)
    {
        var failed = (await survivor.NextAsync()).GenerationFailed;
        Assert.Equal(generation, failed.Generation); // whom it suspects depends on whose connection it saw close first
        Assert.NotEmpty(failed.Reason);
    }

    private static async Task<HeldState> ExpectStandbyAsync(WorkerStream survivor) => (await survivor.NextAsync()).Standby.Held;

    private static async Task ExpectStandbyInTheEndAsync(WorkerStream survivor)
    {
        var message = await survivor.NextAsync();
        if (message.GenerationFailed is not null)
            message = await survivor.NextAsync();
        Assert.NotNull(message.Standby);
    }

    /// <summary>The survivors form a generation and commit a step: the same one as an undisturbed worker.</summary>
    private async Task GoOnAsync(long generation, long stepsDecided)
    {
        WorkerStream[] survivors = [.. Survivors];
        await Script.FormAsync(generation, stepsDecided, survivors);
        ulong digest = await Script.CommitAsync(generation, 1, stepsDecided, survivors);
        await Script.VoteAsync(generation, 2, stepsDecided + 1, survivors);

        Assert.Equal(await DigestOfAsync(stepsDecided), digest);
        Assert.Equal(_workers[0].Replica.State, _workers[2].Replica.State);
    }

    private static async Task<ulong> DigestOfAsync(long step)
    {
        var alone = new FakeReplica();
        var collectives = LoopbackCollectives.Create(1, [new(0, FakePlans.Shards)])[0];
        for (long s = 0; ; s++)
        {
            var computed = await alone.ComputeStepAsync(Script.Plans.Plan(s), collectives, Wait.Token);
            if (s == step)
                return computed.GradientDigest;
            alone.Apply(s);
        }
    }
}
