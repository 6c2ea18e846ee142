using System.Collections.Immutable;
using Distributed.Coordinator.Steps;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Coordinator.Tests.Steps;

public sealed class StepArbiterTests
{
    private const ulong Plan = 9;

    [Fact]
    public void Judge_VoteMissing_Waits() =>
        Assert.Equal(VerdictKind.Wait, Judge(Vote(1), null).Kind);

    [Fact]
    public void Judge_AllFiniteAndEqual_Commits() =>
        Assert.Equal(VerdictKind.Commit, Judge(Vote(1), Vote(1), Vote(1)).Kind);

    [Fact]
    public void Judge_OneOfThreeDiffers_NamesIt()
    {
        var verdict = Judge(Vote(1), Vote(2), Vote(1));

        Assert.Equal(VerdictKind.Diverged, verdict.Kind);
        Assert.Equal([1], verdict.DivergedRanks);
    }

    [Fact]
    public void Judge_TwoDiffer_NamesBoth() =>
        Assert.Equal([0, 1], Judge(Vote(1), Vote(2)).DivergedRanks);

    [Fact]
    public void Judge_TwoAgainstTwo_NamesAll() =>
        Assert.Equal([0, 1, 2, 3], Judge(Vote(1), Vote(2), Vote(2), Vote(1)).DivergedRanks);

    [Fact]
    public void Judge_LargestGroupWithoutHalf_NamesTheOthers() =>
        Assert.Equal([2, 3], Judge(Vote(1), Vote(1), Vote(2), Vote(3)).DivergedRanks);

    [Fact]
    public void Judge_OtherRowsThanPlanned_NamesThem() =>
        Assert.Equal([0], Judge(Vote(1) with { RowsHash = Plan + 1 }, Vote(1)).DivergedRanks);

    [Fact]
    public void Judge_NotFinite_ReplaysOnceThenSkips()
    {
        // Whatever bits a NaN has, it is the same finding.
        ImmutableArray<StepVote?> votes = [NotFinite(1), NotFinite(2)];

        Assert.Equal(VerdictKind.Replay, StepArbiter.Judge(votes, Plan, wasReplayed: false).Kind);
        Assert.Equal(VerdictKind.Skip, StepArbiter.Judge(votes, Plan, wasReplayed: true).Kind);
    }

    [Fact]
    public void Judge_SomeNotFinite_IsDivergence() =>
        Assert.Equal([2], Judge(Vote(1), Vote(1), NotFinite(1)).DivergedRanks);

    [Fact]
    public void Judge_AnyVotes_CommitsOnlyEqualFiniteVotesAndNamesEveryDissenter() =>
        Prop.ForAll<NonEmptyArray<byte>>(digests =>
        {
            ImmutableArray<StepVote?> votes = [.. digests.Get.Select(d => d % 5 == 0 ? NotFinite(d) : Vote((ulong)(d % 3)))];
            var verdict = StepArbiter.Judge(votes, Plan, wasReplayed: false);

            var stay = Enumerable.Range(0, votes.Length).Except(verdict.DivergedRanks).Select(r => votes[r]!).ToList();
            var isUniform = stay.Select(v => (v.IsFinite, v.GradientDigest)).Distinct().Count() <= 1 || stay.All(v => !v.IsFinite);
            return verdict.Kind is not (VerdictKind.Wait or VerdictKind.Skip)
                && isUniform
                && (verdict.Kind is VerdictKind.Diverged) == (verdict.DivergedRanks.Length > 0)
                && (verdict.Kind is not VerdictKind.Commit || votes.All(v => v!.IsFinite));
        }).QuickCheckThrowOnFailure();

    private static StepVerdict Judge(params ImmutableArray<StepVote?> votes) => StepArbiter.Judge(votes, Plan, wasReplayed: false);

    private static StepVote Vote(ulong digest) => new(true, digest, Plan, 0.5, 1, 0.1);

    private static StepVote NotFinite(ulong digest) => Vote(digest) with { IsFinite = false, Loss = double.NaN };
}
