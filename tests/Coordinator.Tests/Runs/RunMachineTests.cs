using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Tests.Runs;

/// <summary>A run in which nothing goes wrong.</summary>
public sealed class RunMachineTests
{
    [Fact]
    public void Run_TwoWorkers_DecidesEveryStepSavesAndFinishes()
    {
        var scene = new RunScene(steps: 3);

        var workers = scene.Start("b", "a");
        RunScene.Vote(workers, 3);
        Assert.All(workers, w => Assert.IsType<SaveModel>(w.Task!.Task));
        workers[1].Report();

        Assert.Equal(0, scene.ExitCode);
        Assert.All(workers, w => Assert.Equal(StopCause.Finished, w.Stop?.Cause));
        Assert.All(workers, w => Assert.Equal([0L, 1, 2], w.Decisions.Select(d => d.Step)));
        Assert.Equal([0L, 1, 2], scene.Journal.OfType<StepDecided>().Select(d => d.Step));
        Assert.True(scene.Facts.IsFinished);
        Assert.Equal(RunState.Completed, scene.Status.State);
    }

    [Fact]
    public void Run_GenerationFormed_RanksByIdAndDealsEveryShard()
    {
        var scene = new RunScene(workers: 3);

        var workers = scene.Start("c", "a", "b");

        var members = workers[0].Generation!.Generation.Members;
        Assert.Equal(["a", "b", "c"], members.Select(m => m.WorkerId));
        Assert.Equal([(0, 3), (3, 3), (6, 2)], members.Select(m => (m.Shards.First, m.Shards.Count)));
        Assert.All(workers, w => Assert.False(w.Generation!.State.IsBroadcast));
        Assert.Null(workers[0].Generation!.LastDecision);
    }

    [Fact]
    public void Run_SeveralDatasets_SaysWhichAStepIsOf()
    {
        var scene = new RunScene(steps: 4, datasets: ["questions", "topics"]);

        RunScene.Vote(scene.Start("a", "b"), 4);

        Assert.Contains(scene.Written.Lines, line => line.Text.StartsWith("Step 1 of 4, epoch 1, dataset questions, loss ", StringComparison.Ordinal));
        Assert.Contains(scene.Written.Lines, line => line.Text.StartsWith("Step 2 of 4, epoch 1, dataset topics, loss ", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_EntryComesBeforeTheNoticeThatAnnouncesIt()
    {
        var scene = new RunScene();
        var workers = scene.Start("a", "b");
        workers[0].Vote();
        var vote = new Voted(workers[1].Connection, 1, 0, new StepVote(true, Actor.Digest(0), 500, 0.5, 1, 0.1));

        var actions = scene.Machine.Handle(vote, scene.Now);

        Assert.IsType<StepDecided>(Assert.IsType<Append>(actions[0]).Entry);
        Assert.IsType<StepDecision>(Assert.IsType<Send>(actions[1]).Notice);
    }

    [Fact]
    public void Run_WithEvaluation_ScoresBeforeEveryNAndAfterAndHandsThemToTheModelCard()
    {
        var scene = new RunScene(steps: 4, workers: 1, hasEvaluation: true, evaluateEvery: 3);
        var worker = scene.Start("a")[0];

        Assert.Equal(new Evaluate(0), worker.Task!.Task);
        worker.Report("", ("ndcg@10", 0.1));
        RunScene.Vote([worker], 3);
        Assert.Equal(new Evaluate(3), worker.Task.Task);
        worker.Report("", ("ndcg@10", 0.4));
        worker.Vote();
        Assert.Equal(new Evaluate(4), worker.Task.Task);
        worker.Report("", ("ndcg@10", 0.5));

        var save = Assert.IsType<SaveModel>(worker.Task.Task);
        Assert.Equal([(0L, 0.1), (3, 0.4), (4, 0.5)], save.Evaluations.Select(e => (e.StepsDecided, e.Metrics["ndcg@10"])));
    }

    [Fact]
    public void Run_ReportOfAnotherRankThanZero_EndsNothing()
    {
        var scene = new RunScene(hasEvaluation: true);
        var workers = scene.Start("a", "b");

        workers[1].Report("", ("ndcg@10", 0.9));

        Assert.IsType<Evaluate>(workers[0].Task!.Task);
        Assert.Empty(scene.Facts.Evaluations);
    }

    [Fact]
    public void Run_TaskCannotBeDone_FailsWithItsReason()
    {
        var scene = new RunScene(hasEvaluation: true);
        var workers = scene.Start("a", "b");

        workers[1].Report("no space left on device");

        Assert.Equal(1, scene.ExitCode);
        Assert.All(workers, w => Assert.Equal(new Stop(StopCause.Failed, "worker b: no space left on device"), w.Stop));
        Assert.Contains(scene.Log.Newest, e => e is { Level: "Critical" });
    }

    [Fact]
    public void Run_EveryNSteps_AsksForACheckpointAndRecordsIt()
    {
        var scene = new RunScene(steps: 5, workers: 1, checkpointEvery: 2);
        var worker = scene.Start("a")[0];

        RunScene.Vote([worker], 4);
        worker.Seal();
        worker.Vote();

        var due = worker.Heard.OfType<TaskAssigned>().Select(t => t.Task).OfType<TrainStep>().Select(t => t.IsCheckpointDue);
        Assert.Equal([false, true, false, true, true], due);
        Assert.Equal([new CheckpointSealed(4, "4", "aa")], scene.Facts.Checkpoints);
    }

    [Fact]
    public void Joined_AnotherJob_IsRefused()
    {
        var scene = new RunScene();

        var worker = scene.Join("a", job: "other");

        Assert.Equal(StopCause.Refused, worker.Stop?.Cause);
        Assert.False(worker.IsConnected);
        Assert.Empty(scene.Status.Workers);
    }

    [Fact]
    public void Joined_OtherRowsOrVersion_IsRefused()
    {
        var scene = new RunScene();

        Assert.Contains("rows", scene.Join("a", rows: "other").Stop!.Detail, StringComparison.Ordinal);
        Assert.Contains("version", scene.Join("a", version: 1).Stop!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Joined_AfterTheEnd_HearsHowItEnded()
    {
        var scene = new RunScene(steps: 1, workers: 1);
        var worker = scene.Start("a")[0];
        worker.Vote();
        worker.Report();

        Assert.Equal(StopCause.Finished, scene.Join("b").Stop?.Cause);
    }

    [Fact]
    public void Progress_OfSteps_IsForThoseWhoLookForAFaultOnly()
    {
        var scene = new RunScene(steps: 4, workers: 1);
        RunScene.Vote(scene.Start("a"), 2);

        Assert.Contains(scene.Written.Lines, l => l.Level is Microsoft.Extensions.Logging.LogLevel.Debug && l.Text.StartsWith("Step 2 of 4", StringComparison.Ordinal));
        Assert.False(scene.HasLogged("Step 2 of 4"));
    }

    [Fact]
    public void Status_FirstGenerationIsFormed_IsFormingUntilItIsReady()
    {
        var scene = new RunScene(workers: 1);
        var worker = scene.Join("a");
        Assert.Equal(RunState.Waiting, scene.Status.State);
        worker.StandBy();
        Assert.Equal(RunState.Forming, scene.Status.State);
        worker.Ready();
        Assert.Equal(RunState.Running, scene.Status.State);
    }

    [Fact]
    public void Status_WhileRunning_ShowsStepLossAndWorkers()
    {
        var scene = new RunScene(steps: 10);
        var workers = scene.Start("a", "b");
        scene.Pass(1);
        RunScene.Vote(workers);

        var status = scene.Status;

        Assert.Equal(RunState.Running, status.State);
        Assert.Equal((1L, 10L, 1, 0.5), (status.Step, status.TotalSteps, status.Epoch, status.Loss));
        Assert.Equal(2, status.RowsPerSecond);
        Assert.Equal(9, status.EtaSeconds);
        Assert.Equal([("a", 0), ("b", 1)], status.Workers.Select(w => (w.WorkerId, w.Rank!.Value)));
        Assert.Equal("train", status.Task);
    }
}
