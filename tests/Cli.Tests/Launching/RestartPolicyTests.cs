using Distributed.Cli.Launching;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Cli.Tests.Launching;

public sealed class RestartPolicyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(134)]
    [InlineData(137)]
    public void Decide_WorkerThatDied_RestartsAtOnce(int exitCode)
    {
        var decision = RestartPolicy.Decide(ChildRole.Worker, exitCode, ClusterPhase.Running, 0);

        Assert.Equal(new RestartDecision.Restart(TimeSpan.Zero), decision);
    }

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 4)]
    public void Decide_RestartsWithoutProgress_DoublesTheDelay(int restarts, double seconds)
    {
        var decision = RestartPolicy.Decide(ChildRole.Worker, 137, ClusterPhase.Running, restarts);

        Assert.Equal(new RestartDecision.Restart(TimeSpan.FromSeconds(seconds)), decision);
    }

    [Fact]
    public void Decide_FiveRestartsWithoutProgress_EndsTheRun()
    {
        var decision = RestartPolicy.Decide(ChildRole.Worker, 137, ClusterPhase.Running, RestartPolicy.MostRestartsWithoutProgress);

        var end = Assert.IsType<RestartDecision.EndRun>(decision);
        Assert.Equal(ExitCodes.Failed, end.ExitCode);
        Assert.Contains("5 restarts", end.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_BadJob_IsNeverRestarted()
    {
        foreach (var role in Enum.GetValues<ChildRole>())
            Assert.Equal(2, Assert.IsType<RestartDecision.EndRun>(RestartPolicy.Decide(role, 2, ClusterPhase.Running, 0)).ExitCode);
    }

    [Fact]
    public void Decide_WorkerThatEndedInPeaceWhileTheRunGoesOn_IsReplacedAfterTheCoordinatorHadTimeToEnd()
    {
        var decision = RestartPolicy.Decide(ChildRole.Worker, 0, ClusterPhase.Running, 0);

        Assert.Equal(new RestartDecision.Restart(TimeSpan.FromSeconds(10)), decision);
    }

    [Fact]
    public void Decide_CoordinatorThatEndedInPeace_IsFinished()
        => Assert.IsType<RestartDecision.Finished>(RestartPolicy.Decide(ChildRole.Coordinator, 0, ClusterPhase.Running, 0));

    [Fact]
    public void Decide_CoordinatorWhoseRunFailed_EndsTheRun()
        => Assert.IsType<RestartDecision.EndRun>(RestartPolicy.Decide(ChildRole.Coordinator, 1, ClusterPhase.Running, 0));

    [Fact]
    public void Decide_KilledCoordinator_IsRestarted()
        => Assert.IsType<RestartDecision.Restart>(RestartPolicy.Decide(ChildRole.Coordinator, 137, ClusterPhase.Running, 0));

    [Fact]
    public void Decide_OnceStopping_NothingIsRestarted()
        => Prop.ForAll<byte, byte, bool>((exitCode, restarts, isCoordinator) =>
            RestartPolicy.Decide(isCoordinator ? ChildRole.Coordinator : ChildRole.Worker, exitCode, ClusterPhase.Stopping, restarts)
                is RestartDecision.Finished).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_AnyDelay_IsAtMostFifteenSeconds()
        => Prop.ForAll<byte, byte>((exitCode, restarts) =>
            RestartPolicy.Decide(ChildRole.Worker, exitCode, ClusterPhase.Running, restarts) is not RestartDecision.Restart restart
                || (restart.Delay >= TimeSpan.Zero && restart.Delay <= TimeSpan.FromSeconds(15))).QuickCheckThrowOnFailure();
}
