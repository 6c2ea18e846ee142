using System.Collections.Immutable;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Runs;
using Distributed.Jobs;

namespace Distributed.Coordinator.Tests.Runs;

/// <summary>What becomes of the figures that rank 0 votes with.</summary>
public sealed class AlarmTests
{
    private const string Raised = "Alarm collapse at step 1";

    private static readonly WatchOptions Watch = new() { EverySteps = 1, Patience = 2 };

    [Fact]
    public void Vote_EmbeddingsCollapse_IsToldOnceAndShown()
    {
        var scene = new RunScene(steps: 5, watch: Watch);
        var actors = scene.Start("a", "b");

        Collapse(actors, steps: 3);

        Assert.Equal(1, scene.Written.Lines.Count(line => line.Text.Contains("Alarm ", StringComparison.Ordinal)));
        Assert.True(scene.HasLogged(Raised));
        Assert.Equal(("collapse", 1L), (Assert.Single(scene.Status.Alarms).Name, scene.Status.Alarms[0].Step));
        Assert.Equal([0L, 1, 2], scene.Status.Watch.Select(measured => measured.Step));
        Assert.Equal(3, scene.Facts.StepsDecided);
    }

    [Fact]
    public void Vote_AfterTheAlarm_EndsItOnce()
    {
        var scene = new RunScene(steps: 5, watch: Watch);
        var actors = scene.Start("a", "b");
        Collapse(actors, steps: 2);

        VoteWith(actors, 0.2);
        VoteWith(actors, 0.2);

        Assert.Equal(1, scene.Written.Lines.Count(line => line.Text.Contains("Alarm collapse is over at step 2", StringComparison.Ordinal)));
        Assert.Empty(scene.Status.Alarms);
    }

    [Fact]
    public void Restart_AlarmIsOn_ItStaysOnAndIsNotToldAgain()
    {
        var scene = new RunScene(steps: 5, watch: Watch);
        Collapse(scene.Start("a", "b"), steps: 2);

        Collapse(Restart(scene, held: 2), steps: 1);

        Assert.Equal(1, scene.Written.Lines.Count(line => line.Text.Contains("Alarm ", StringComparison.Ordinal)));
        Assert.Single(scene.Status.Alarms);
        Assert.Equal([0L, 1, 2], scene.Status.Watch.Select(measured => measured.Step));
    }

    [Fact]
    public void Vote_OtherRanksFigures_CountForNothing()
    {
        var scene = new RunScene(watch: Watch);
        var actors = scene.Start("a", "b");

        actors.Single(actor => actor.Rank == 0).Vote();
        actors.Single(actor => actor.Rank == 1).Vote(watch: Figures(1));

        Assert.Empty(scene.Status.Watch);
        Assert.Null(scene.Journal.OfType<StepDecided>().Single().Watch);
    }

    [Fact]
    public void Vote_AlarmsStopTheRun_FailsWithTheAlarmsName()
    {
        var scene = new RunScene(steps: 5, watch: Watch with { Alarms = AlarmResponse.Stop });
        var actors = scene.Start("a", "b");

        Collapse(actors, steps: 2);

        Assert.Equal(ExitCodes.Failed, scene.ExitCode);
        Assert.Equal(StopCause.Failed, actors[0].Stop?.Cause);
        Assert.StartsWith("alarm collapse at step 1: mean cosine 1", actors[0].Stop!.Detail, StringComparison.Ordinal);
        Assert.Equal(2, scene.Facts.StepsDecided);
    }

    [Fact]
    public void Restart_AlarmIsStillOn_StopsTheRunAgain()
    {
        var scene = new RunScene(steps: 5, watch: Watch with { Alarms = AlarmResponse.Stop });
        Collapse(scene.Start("a", "b"), steps: 2);

        Collapse(Restart(scene, held: 2), steps: 1);

        Assert.Equal(ExitCodes.Failed, scene.ExitCode);
        Assert.Equal(3, scene.Facts.StepsDecided);
    }

    /// <summary>Another life of the coordinator, with workers that hold the state.</summary>
    private static ImmutableArray<Actor> Restart(RunScene scene, long held)
    {
        scene.Restart();
        ImmutableArray<Actor> actors = [scene.Join("a"), scene.Join("b")];
        foreach (var actor in actors)
        {
            actor.StepsDecided = held;
            actor.StandBy();
        }

        RunScene.Ready(actors);
        return actors;
    }

    private static void Collapse(ImmutableArray<Actor> actors, int steps)
    {
        for (var step = 0; step < steps; step++)
            VoteWith(actors, 1);
    }

    private static void VoteWith(ImmutableArray<Actor> actors, double cosine)
    {
        foreach (var actor in actors)
            actor.Vote(watch: actor.Rank == 0 ? Figures(cosine) : null);
    }

    private static ImmutableSortedDictionary<string, double> Figures(double cosine) => new Dictionary<string, double>
    {
        [WatchFigures.MeanCosine] = cosine, [WatchFigures.RelativeRadius] = Math.Sqrt(1 - cosine), [WatchFigures.Loss] = 1,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
