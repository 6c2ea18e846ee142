using Distributed.Protocol;
using Distributed.Worker.Runs;
using Distributed.Worker.Tests.Membership;
using WorkTask = Distributed.Protocol.Task;

namespace Distributed.Worker.Tests.Runs;

public sealed class GenerationLoopTests : IAsyncLifetime
{
    private readonly DirectoryInfo _checkpoints = Directory.CreateTempSubdirectory("worker-tests-");
    private readonly List<WorkerUnderTest> _workers = [];
    private FakeCoordinator _coordinator = null!;

    public async ValueTask InitializeAsync() => _coordinator = await FakeCoordinator.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await _coordinator.DisposeAsync();
        _checkpoints.Delete(recursive: true);
    }

    [Fact]
    public async Task Run_TwoWorkersWholeRun_StaysEqualAndEndsWithStop()
    {
        var (workers, streams) = await StartAsync(2);

        await Script.FormAsync(1, 0, streams);
        Send(streams, Script.Do(new WorkTask { Generation = 1, Sequence = 1, Evaluate = new Evaluate() }));
        foreach (var stream in streams)
            Assert.Equal(["ndcg@10"], (await stream.NextAsync()).Report.Metrics.Keys);
        await Script.CommitAsync(1, 2, 0, streams);
        await Script.CommitAsync(1, 3, 1, streams);
        var save = new SaveModel { Evaluations = { new EvaluationRecord { StepsDecided = 2, Metrics = { ["ndcg@10"] = 0.5 } } } };
        Send(streams, Script.Do(new WorkTask { Generation = 1, Sequence = 4, SaveModel = save }));
        foreach (var stream in streams)
            Assert.Equal(4, (await stream.NextAsync()).Report.Sequence);
        Send(streams, Script.Stop(StopReason.Finished));

        foreach (var worker in workers)
            Assert.Equal(StopReason.Finished, (await worker.Running.WaitAsync(Wait.Long, Wait.Token)).Reason);
        Assert.Equal(2, workers[0].Replica.StepsDecided);
        Assert.Equal(workers[0].Replica.State, workers[1].Replica.State);
        Assert.Equal(0.5, Assert.Single(workers[0].Replica.Saved!.Value).Metrics["ndcg@10"]);
        Assert.Null(workers[1].Replica.Saved);
    }

    [Fact]
    public async Task Train_OneOrThreeWorkers_GivesTheSameState()
    {
        var (alone, oneStream) = await StartAsync(1);
        await Script.FormAsync(1, 0, oneStream);
        await Script.CommitAsync(1, 1, 0, oneStream);
        ulong expected = await Script.VoteAsync(1, 2, 1, oneStream);

        var (_, streams) = await StartAsync(3);
        await Script.FormAsync(2, 0, streams);
        await Script.CommitAsync(2, 1, 0, streams);

        Assert.Equal(expected, await Script.VoteAsync(2, 2, 1, streams));
        Assert.Equal(1, alone[0].Replica.StepsDecided);
    }

    [Fact]
    public async Task Form_JoinerWithoutState_ReceivesItFromTheSourceRank()
    {
        var (survivors, streams) = await StartAsync(2);
        await Script.FormAsync(1, 0, streams);
        await Script.CommitAsync(1, 1, 0, streams);
        Send(streams, Script.Closed(1));
        foreach (var stream in streams)
            Assert.Equal(1, (await stream.NextAsync()).Standby.Held.StepsDecided);
        var (joiners, joined) = await StartAsync(1);

        WorkerStream[] all = [.. joined, .. streams];
        await Script.FormAsync(2, 1, all, s => (s.BroadcastState, s.SourceRank) = (true, 2));

        Assert.Equal(survivors[0].Replica.State, joiners[0].Replica.State);
        await Script.CommitAsync(2, 1, 1, all);
        await Script.VoteAsync(2, 2, 2, all);
        Assert.Equal(survivors[0].Replica.State, joiners[0].Replica.State);
    }

    [Fact]
    public async Task Checkpoint_AfterAStep_IsSealedAndRestoresAFreshWorker()
    {
        var (workers, streams) = await StartAsync(2);
        await Script.FormAsync(1, 0, streams);
        await Script.CommitAsync(1, 1, 0, streams, checkpointAfter: true);

        var written = (await streams[0].NextAsync()).CheckpointSealed;
        Assert.Equal(1, written.StepsDecided);
        var (fresh, joined) = await StartAsync(2);
        await Script.FormAsync(2, 1, joined, s => (s.BroadcastState, s.CheckpointFolder) = (true, written.Folder));

        Assert.Equal(workers[0].Replica.State, fresh[0].Replica.State);
        Assert.Equal(workers[0].Replica.State, fresh[1].Replica.State);
    }

    [Fact]
    public async Task Checkpoint_Damaged_IsNamedByItsReaderAndTheOneBeforeRestoresEveryone()
    {
        var (workers, streams) = await StartAsync(1);
        await Script.FormAsync(1, 0, streams);
        await Script.CommitAsync(1, 1, 0, streams, checkpointAfter: true);
        string sound = (await streams[0].NextAsync()).CheckpointSealed.Folder;
        byte[] state = workers[0].Replica.State;
        await Script.CommitAsync(1, 2, 1, streams, checkpointAfter: true);
        string damaged = (await streams[0].NextAsync()).CheckpointSealed.Folder;
        File.WriteAllText(Path.Combine(damaged, "model.safetensors"), "damaged");

        var (fresh, joined) = await StartAsync(2);
        Send(joined, Script.Started(2, 2, joined, s => (s.BroadcastState, s.CheckpointFolder) = (true, damaged)));

        Assert.Equal(damaged, (await joined[0].NextAsync()).GenerationFailed.DamagedCheckpoint);
        Assert.Equal("", (await joined[1].NextAsync()).GenerationFailed.DamagedCheckpoint);
        foreach (var stream in joined)
            Assert.Equal(0, (await stream.NextAsync()).Standby.Held.StepsDecided);
        await Script.FormAsync(3, 1, joined, s => (s.BroadcastState, s.CheckpointFolder) = (true, sound));
        Assert.All(fresh, worker => Assert.Equal(state, worker.Replica.State));
    }

    [Fact]
    public async Task WriteCheckpoint_Asked_SealsBeforeItReports()
    {
        var (_, streams) = await StartAsync(2);
        await Script.FormAsync(1, 0, streams);

        Send(streams, Script.Do(new WorkTask { Generation = 1, Sequence = 1, WriteCheckpoint = new WriteCheckpoint() }));

        Assert.Equal(0, (await streams[0].NextAsync()).CheckpointSealed.StepsDecided);
        Assert.Equal("", (await streams[0].NextAsync()).Report.Error);
        Assert.Equal("", (await streams[1].NextAsync()).Report.Error);
    }

    [Fact]
    public async Task Checkpoint_CannotBeWritten_FailsTheNextTask()
    {
        var (_, streams) = await StartAsync(1, "/proc/no-such-folder");
        await Script.FormAsync(1, 0, streams);
        await Script.CommitAsync(1, 1, 0, streams, checkpointAfter: true);

        Send(streams, Script.Do(new WorkTask { Generation = 1, Sequence = 2, WriteCheckpoint = new WriteCheckpoint() }));

        Assert.Contains("/proc/no-such-folder", (await streams[0].NextAsync()).Report.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checkpoint_CannotBeWritten_FailsTheSaveThatFollowsAtOnce()
    {
        var (workers, streams) = await StartAsync(1, "/proc/no-such-folder");
        await Script.FormAsync(1, 0, streams);
        await Script.CommitAsync(1, 1, 0, streams, checkpointAfter: true);

        Send(streams, Script.Do(new WorkTask { Generation = 1, Sequence = 2, SaveModel = new SaveModel() }));

        Assert.Contains("/proc/no-such-folder", (await streams[0].NextAsync()).Report.Error, StringComparison.Ordinal);
        Assert.Null(workers[0].Replica.Saved);
    }

    [Fact]
    public async Task Reconnect_DecisionWasCommit_AppliesThePendingGradientOnce()
    {
        var (workers, streams) = await StartAsync(1);
        await Script.FormAsync(1, 0, streams);
        ulong digest = await Script.VoteAsync(1, 1, 0, streams);
        streams[0].Break();

        var (stream, held) = await _coordinator.WelcomeAsync();
        Assert.Equal((0, true, digest), (held.StepsDecided, held.HasPending, held.PendingDigest));
        await Script.FormAsync(2, 1, [stream], s => s.LastDecision = Script.Decision(1, 0, Outcome.Commit, digest));

        Assert.Equal(1, workers[0].Replica.StepsDecided);
        await Script.CommitAsync(2, 1, 1, [stream]);
    }

    [Fact]
    public async Task Reconnect_DecisionWasSkip_KeepsTheStateAndGoesOn()
    {
        var (workers, streams) = await StartAsync(1);
        await Script.FormAsync(1, 0, streams);
        byte[] before = workers[0].Replica.State;
        await Script.VoteAsync(1, 1, 0, streams);
        streams[0].Break();

        var (stream, _) = await _coordinator.WelcomeAsync();
        await Script.FormAsync(2, 1, [stream], s => s.LastDecision = Script.Decision(1, 0, Outcome.Skip, 0));

        Assert.Equal(1, workers[0].Replica.StepsDecided);
        Assert.Equal(before[..^8], workers[0].Replica.State[..^8]);
    }

    [Fact]
    public async Task Reconnect_StepUndecided_DropsTheGradientAndRedoesTheStep()
    {
        var (_, streams) = await StartAsync(1);
        await Script.FormAsync(1, 0, streams);
        ulong digest = await Script.VoteAsync(1, 1, 0, streams);
        streams[0].Break();

        var (stream, _) = await _coordinator.WelcomeAsync();
        await Script.FormAsync(2, 0, [stream]);

        Assert.Equal(digest, await Script.VoteAsync(2, 1, 0, [stream]));
    }

    [Fact]
    public async Task Form_AnotherGradientWasCommitted_TakesTheStateByBroadcast()
    {
        var (workers, streams) = await StartAsync(2);
        await Script.FormAsync(1, 0, [streams[0]]);
        ulong digest = await Script.CommitAsync(1, 1, 0, [streams[0]]);
        await Script.FormAsync(2, 0, [streams[1]]);
        await Script.VoteAsync(2, 1, 0, [streams[1]]);
        streams[0].Send(Script.Closed(1));
        streams[1].Send(Script.Closed(2));
        Assert.Equal(1, (await streams[0].NextAsync()).Standby.Held.StepsDecided);
        Assert.True((await streams[1].NextAsync()).Standby.Held.HasPending);

        await Script.FormAsync(3, 1, streams, s =>
        {
            (s.BroadcastState, s.SourceRank) = (true, 0);
            s.LastDecision = Script.Decision(1, 0, Outcome.Commit, digest + 1);
        });

        Assert.Equal(workers[0].Replica.State, workers[1].Replica.State);
    }

    [Fact]
    public async Task Replay_SameStepAgain_GivesTheSameGradient()
    {
        var (workers, streams) = await StartAsync(2);
        await Script.FormAsync(1, 0, streams);
        ulong digest = await Script.VoteAsync(1, 1, 0, streams);

        Send(streams, Script.Decide(1, 0, Outcome.Replay, digest));

        Assert.Equal(digest, await Script.CommitAsync(1, 2, 0, streams));
        await Script.VoteAsync(1, 3, 1, streams);
        Assert.Equal(1, workers[0].Replica.StepsDecided);
    }

    [Fact]
    public async Task Commit_OfAGradientThatIsNotHeld_IsNotApplied()
    {
        var (workers, streams) = await StartAsync(1);
        await Script.FormAsync(1, 0, streams);
        ulong digest = await Script.VoteAsync(1, 1, 0, streams);

        Send(streams, Script.Decide(1, 0, Outcome.Commit, digest + 1));

        Assert.Equal(1, (await streams[0].NextAsync()).GenerationFailed.Generation);
        Assert.Equal(0, (await streams[0].NextAsync()).Standby.Held.StepsDecided);
        Assert.Equal(0, workers[0].Replica.StepsDecided);
    }

    [Fact]
    public async Task Messages_OfAnotherGeneration_AreDropped()
    {
        var (workers, streams) = await StartAsync(1);
        await Script.FormAsync(2, 0, streams);
        ulong digest = await Script.VoteAsync(2, 1, 0, streams);

        Send(streams, Script.Decide(1, 0, Outcome.Commit, digest));
        Send(streams, Script.Closed(1));
        Send(streams, Script.Train(1, 2, 0));
        Send(streams, Script.Decide(2, 0, Outcome.Commit, digest));

        await Script.VoteAsync(2, 2, 1, streams);
        Assert.Equal(1, workers[0].Replica.StepsDecided);
    }

    [Fact]
    public async Task Train_OtherPlanThanTheCoordinators_EndsTheWorker()
    {
        var (workers, streams) = await StartAsync(1);
        await Script.FormAsync(1, 0, streams);
        var task = Script.Train(1, 1, 0);
        task.Task.TrainStep.PlanHash++;

        Send(streams, task);

        await Assert.ThrowsAsync<RunConflictException>(() => workers[0].Running.WaitAsync(Wait.Long, Wait.Token));
    }

    private static void Send(IEnumerable<WorkerStream> streams, CoordinatorMessage message)
    {
        foreach (var stream in streams)
            stream.Send(message);
    }

    /// <summary>Workers one after another, so that streams and workers are in the same order.</summary>
    private async Task<(List<WorkerUnderTest> Workers, List<WorkerStream> Streams)> StartAsync(int count, string? checkpoints = null)
    {
        var workers = new List<WorkerUnderTest>();
        var streams = new List<WorkerStream>();
        for (int i = 0; i < count; i++)
        {
            workers.Add(new WorkerUnderTest(_coordinator.Address, $"worker-{_workers.Count}", checkpoints ?? _checkpoints.FullName));
            _workers.Add(workers[^1]);
            streams.Add((await _coordinator.WelcomeAsync()).Stream);
        }
        return (workers, streams);
    }
}
