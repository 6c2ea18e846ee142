using Distributed.Coordinator.Checkpoints;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Membership;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Tests.Checkpoints;

public sealed class StateSourceTests
{
    private const ulong Digest = 77;

    [Theory]
    [InlineData(5, null, true)]
    [InlineData(5, 1UL, true)]
    [InlineData(4, Digest, true)]
    [InlineData(4, 1UL, false)]
    [InlineData(4, null, false)]
    [InlineData(3, Digest, false)]
    [InlineData(6, null, false)]
    public void Holds_LastStepCommitted_AsksForTheStateOrItsGradient(long steps, ulong? pending, bool expected) =>
        Assert.Equal(expected, StateSource.Holds(new HeldState(steps, pending), 5, new DecidedStep(1, Digest, 0.5, StepOutcome.Commit)));

    [Theory]
    [InlineData(4, 1UL, true)]
    [InlineData(4, null, false)]
    public void Holds_LastStepSkipped_NeedsNoCertainGradient(long steps, ulong? pending, bool expected) =>
        Assert.Equal(expected, StateSource.Holds(new HeldState(steps, pending), 5, new DecidedStep(1, Digest, double.NaN, StepOutcome.Skip)));

    [Fact]
    public void Choose_EveryoneHoldsIt_BroadcastsNothing() =>
        Assert.Equal(new StateChoice(3, 0, null, false), StateSource.Choose([new(3), new(2, Digest)], Facts(3), Folders()));

    [Fact]
    public void Choose_OneHasApplied_GoesBeforeOneThatStillHasTo() =>
        Assert.Equal(new StateChoice(3, 2, null, true), StateSource.Choose([new(0), new(2, Digest), new(3)], Facts(3), Folders()));

    [Fact]
    public void Choose_NobodyHoldsIt_TakesTheNewestCheckpointThatIsThere() =>
        Assert.Equal(
            new StateChoice(1, null, "/c/1", true),
            StateSource.Choose([new(0)], Facts(3, new CheckpointSealed(1, "1", "a"), new CheckpointSealed(2, "2", "b")), Folders("1")));

    [Fact]
    public void Choose_SealedStateIsTheCurrentOne_IsNoStepBack() =>
        Assert.Equal(3, StateSource.Choose([new(0)], Facts(3, new CheckpointSealed(3, "3", "a")), Folders("3"))!.StepsDecided);

    [Fact]
    public void Choose_NothingSealed_TakesTheInitialModel() =>
        Assert.Equal(new StateChoice(0, 1, null, true), StateSource.Choose([new(1), new(0)], Facts(3), Folders("1", "2")));

    [Fact]
    public void Choose_NothingSealedAndNobodyInitial_IsNothing() =>
        Assert.Null(StateSource.Choose([new(1), new(2)], Facts(3), Folders("1", "2")));

    [Fact]
    public void Choose_NoneOfTheSealedIsThere_IsNothing() =>
        Assert.Null(StateSource.Choose([new(0)], Facts(3, new CheckpointSealed(1, "1", "a"), new CheckpointSealed(2, "2", "b")), Folders()));

    [Fact]
    public void Choose_SealedOnlyInAFutureThatWasGivenUp_TakesTheInitialModel() =>
        Assert.Equal(
            new StateChoice(0, 0, null, false),
            StateSource.Choose([new(0)], Facts(3, new CheckpointSealed(3, "3", "a"), new RolledBack(3, 0, "every member holds it"), Step(0)), Folders()));

    private static CheckpointFolders Folders(params string[] there) => new("/c", path => there.Any(name => path == $"/c/{name}"));

    private static RunFacts Facts(int steps, params ReadOnlySpan<JournalEntry> more)
    {
        var facts = new RunFacts { RunId = "r", Incarnation = 1, JobHash = "j", DataFingerprint = "d" };
        for (var step = 0; step < steps; step++)
            facts.Apply(Step(step));
        foreach (var entry in more)
            facts.Apply(entry);
        return facts;
    }

    private static StepDecided Step(long step) => new()
    {
        Step = step, Epoch = 0, Outcome = StepOutcome.Commit, GradientDigest = Digest, RowsHash = 0, Loss = 1, GradientNorm = 1, Generation = 1,
    };
}
