using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Tests.Runs;

/// <summary>The rows of docs/protocol.md, "Fault by fault".</summary>
public sealed class FaultTests
{
    [Fact]
    public void WorkerDies_BeforeItsVote_SurvivorRedoesTheStepAloneAfterTheGrace()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);
        RunScene.Vote([a, b]);
        a.Vote();

        b.Die();
        Assert.Contains(a.Heard, n => n is GenerationClosed { Generation: 1 });
        a.StandBy();
        scene.Pass(2);

        Assert.Equal(2, a.Generation!.Generation.Number);
        Assert.False(a.Generation.State.IsBroadcast);
        Assert.Equal(1, a.Generation.State.StepsDecided);
        a.Ready();
        Assert.Equal(1, a.Step);
        RunScene.Vote([a]);
        Assert.Equal([0L, 1], a.Decisions.Select(d => d.Step));
    }

    [Fact]
    public void WorkerDies_ReplacementInTime_JoinsTheNextGenerationAndGetsTheStateFromTheSurvivor()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);
        RunScene.Vote([a, b], 2);

        b.Die();
        a.StandBy();
        scene.Pass(1);
        var fresh = scene.Join("b", process: "p2");
        fresh.StandBy();

        Assert.Equal(2, a.Generation!.Generation.Members.Length);
        Assert.Equal((2L, 0, true), (a.Generation.State.StepsDecided, a.Generation.State.SourceRank!.Value, a.Generation.State.IsBroadcast));
    }

    [Fact]
    public void WorkerDies_SurvivorIsNotRankZero_IsStillTheSource()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);
        RunScene.Vote([a, b]);

        a.Die();
        b.StandBy();
        scene.Join("a", process: "p2").StandBy();

        Assert.Equal(1, b.Generation!.State.SourceRank);
    }

    [Fact]
    public void WorkerDies_SurvivorFailedTheGenerationItself_IsNotToldAgain()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);

        a.FailGeneration(suspect: 1);
        b.Die();

        Assert.DoesNotContain(a.Heard, n => n is GenerationClosed);
        Assert.Contains("suspects b", scene.Journal.OfType<GenerationEnded>().Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ReplacementComesLate_GenerationTakesItInAfterItsNextDecision()
    {
        var scene = new RunScene(steps: 6);
        var (a, b) = Two(scene);
        b.Die();
        a.StandBy();
        scene.Pass(2);
        a.Ready();

        var fresh = scene.Join("b", process: "p2");
        fresh.StandBy();
        Assert.Null(fresh.Generation);
        a.Vote();

        Assert.Contains(a.Heard, n => n is GenerationClosed { Generation: 2, Reason: "worker b joins" });
        a.StandBy();
        Assert.Equal(3, fresh.Generation!.Generation.Number);
        Assert.Equal((1L, true), (fresh.Generation.State.StepsDecided, fresh.Generation.State.IsBroadcast));
    }

    [Fact]
    public void ReplacementComesLate_AfterTheLastStep_IsNotTakenIn()
    {
        var scene = new RunScene(steps: 1);
        var (a, b) = Two(scene);
        b.Die();
        a.StandBy();
        scene.Pass(2);
        a.Ready();
        scene.Join("b", process: "p2").StandBy();

        a.Vote();

        Assert.IsType<SaveModel>(a.Task!.Task);
    }

    [Fact]
    public void SpareStandsBy_GenerationIsFull_NothingHappens()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);
        var spare = scene.Join("c");
        spare.StandBy();

        RunScene.Vote([a, b]);

        Assert.Null(spare.Generation);
        Assert.Equal(1, a.Step);
    }

    [Fact]
    public void WorkerIsSilent_ForTheLease_IsLostAndJoinsAgain()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);
        b.IsSilent = true;

        scene.Pass(9.5);
        Assert.True(b.IsConnected);
        scene.Pass(1);

        Assert.False(b.IsConnected);
        Assert.Contains(a.Heard, n => n is GenerationClosed);
        a.StandBy();
        scene.Join("b").StandBy();
        Assert.Equal(2, a.Generation!.Generation.Number);
        Assert.Equal(2, a.Generation.Generation.Members.Length);
    }

    [Fact]
    public void VoteIsOverdue_WhileOthersHaveVoted_TheLaggardIsLost()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);
        scene.Pass(60);
        a.Vote();

        scene.Pass(9);
        Assert.True(b.IsConnected);
        scene.Pass(2);

        Assert.False(b.IsConnected);
        Assert.True(a.IsConnected);
        Assert.True(scene.HasLogged("Worker b lost: its vote is 10 s behind"));
    }

    [Fact]
    public void VoteIsOverdue_StepsAreLong_TheDeadlineFollowsThem()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);
        scene.Pass(20);
        RunScene.Vote([a, b]);
        a.Vote();

        scene.Pass(79);
        Assert.True(b.IsConnected);
        scene.Pass(2);

        Assert.False(b.IsConnected);
    }

    [Fact]
    public void SurvivorNeverStandsBy_IsLostByItsDeadline()
    {
        var scene = new RunScene(workers: 3);
        var workers = scene.Start("a", "b", "c");
        workers[2].Die();
        workers[0].StandBy();

        scene.Pass(10);
        Assert.False(workers[1].IsConnected);
        scene.Pass(2);

        Assert.Single(workers[0].Generation!.Generation.Members);
    }

    [Fact]
    public void MemberNeverReady_WhileOthersAre_IsLost()
    {
        var scene = new RunScene();
        var (a, b) = (scene.Join("a"), scene.Join("b"));
        a.StandBy();
        b.StandBy();
        a.Ready();

        scene.Pass(61);

        Assert.False(b.IsConnected);
        Assert.True(a.IsConnected);
    }

    [Fact]
    public void CoordinatorWasSuspended_NobodyIsLostForThat()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);
        scene.Pass(1);
        a.Vote();

        scene.Freeze(30);
        scene.Pass(3);

        Assert.True(a.IsConnected && b.IsConnected);
    }

    [Fact]
    public void SameWorkerJoinsAgain_TheOldStreamGivesWay()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);

        var again = scene.Join("b");

        Assert.False(b.IsConnected);
        Assert.Null(b.Stop);
        Assert.Contains(a.Heard, n => n is GenerationClosed);
        Assert.Contains(again.Heard, n => n is Welcome);
    }

    [Fact]
    public void AnotherProcessJoinsUnderTheSameId_TheFormerIsRefused()
    {
        var scene = new RunScene();
        var (_, b) = Two(scene);

        scene.Join("b", process: "p2");

        Assert.Equal(StopCause.Refused, b.Stop?.Cause);
    }

    [Fact]
    public void MessagesOfAnotherGeneration_AreIgnored()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);
        var late = new Voted(a.Connection, 1, 0, new StepVote(true, 1, 500, 0.5, 1, 0.1));
        b.Die();
        a.StandBy();
        scene.Pass(2);
        a.Ready();

        scene.Post(late);
        scene.Post(new BecameReady(a.Connection, 1));
        scene.Post(new GenerationBroke(a.Connection, 1, "late", 0));

        Assert.True(a.IsConnected);
        Assert.Empty(a.Decisions);
        Assert.Equal(0, a.Step);
    }

    [Fact]
    public void VoteNotDue_IsAViolationThatClosesTheStream()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);

        a.Vote();
        a.Vote();

        Assert.False(a.IsConnected);
        Assert.True(b.IsConnected);
        Assert.True(scene.HasLogged("protocol violation"));
    }

    [Fact]
    public void CheckpointOfStepsNotDecided_WorkedForAnotherRun_IsReplaced()
    {
        var scene = new RunScene();
        var (a, _) = Two(scene);

        a.Seal(steps: 5);

        Assert.Equal(StopCause.Replaced, a.Stop?.Cause);
        Assert.Empty(scene.Facts.Checkpoints);
    }

    [Fact]
    public void StandbyWithStepsNotDecided_WorkedForAnotherRun_IsReplaced()
    {
        var scene = new RunScene();
        var worker = scene.Join("a");
        worker.StepsDecided = 1;

        worker.StandBy();

        Assert.Equal(StopCause.Replaced, worker.Stop?.Cause);
    }

    [Fact]
    public void OneOfTwoLost_ByItsLease_NeverWaitsForWhatTheLastGenerationWasFormedOf()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);
        b.IsSilent = true;

        scene.Pass(10);
        a.StandBy();
        scene.Pass(1);

        Assert.DoesNotContain(scene.Log.Newest, e => e.Text.StartsWith("Waiting: all 2 workers", StringComparison.Ordinal));
        Assert.True(scene.HasLogged("Waiting: 1 of 2 workers stand by"));
    }

    [Fact]
    public void CheckpointToldTwice_IsRecordedOnce()
    {
        var scene = new RunScene();
        var (a, b) = Two(scene);
        RunScene.Vote([a, b]);

        a.Seal();
        a.Seal();

        Assert.Single(scene.Journal.OfType<CheckpointSealed>());
    }

    [Fact]
    public void GenerationsEndWithoutADecision_PausesGrowAndTheRunFailsAtLast()
    {
        var scene = new RunScene(workers: 1);
        var worker = scene.Join("a");
        worker.StandBy();
        var formed = new List<DateTimeOffset>();

        while (scene.ExitCode is null)
        {
            formed.Add(scene.Now);
            var generation = worker.Generation;
            worker.FailGeneration("no route to peer");
            worker.StandBy();
            for (var second = 0; scene.ExitCode is null && worker.Generation == generation && second < 60; second++)
                scene.Pass(1);
        }

        var pauses = formed.Zip(formed.Skip(1), (first, second) => (second - first).TotalSeconds).ToList();
        Assert.Equal(20, formed.Count);
        Assert.Equal([0, 1, 2, 4, 8, 16, 30, 30], pauses.Take(8));
        Assert.Equal(1, scene.ExitCode);
        Assert.Contains("no route to peer", worker.Stop!.Detail, StringComparison.Ordinal);
    }

    private static (Actor A, Actor B) Two(RunScene scene) => scene.Start("a", "b") is [var a, var b] ? (a, b) : throw new InvalidOperationException();
}
