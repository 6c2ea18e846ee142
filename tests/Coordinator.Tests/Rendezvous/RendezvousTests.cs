using System.Collections.Immutable;
using Distributed.Coordinator.Membership;
using Distributed.Coordinator.Rendezvous;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Coordinator.Tests.Rendezvous;

using Rule = Distributed.Coordinator.Rendezvous.Rendezvous;

public sealed class RendezvousTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    public static TheoryData<string> Scenarios =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Rendezvous", "Scenarios"), "*.txt").Select(f => Path.GetFileName(f)).Order()];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Decide_Scenario_DecidesAsWritten(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Rendezvous", "Scenarios", file));

        var moments = new RendezvousScenario().Play(lines).ToList();

        Assert.NotEmpty(moments);
        Assert.Equal(moments.Select(m => m.Expected), moments.Select(m => m.Actual));
    }

    [Fact]
    public void Decide_AnyOrderOfMembers_FormsTheSameRanksWithinBounds() =>
        Prop.ForAll<NonEmptyArray<byte>, PositiveInt>((ids, wanted) =>
        {
            ImmutableArray<Member> members = [.. ids.Get.Distinct().Select(StandingBy)];
            var options = new RendezvousOptions { Workers = wanted.Get, JoinTimeout = TimeSpan.Zero };
            var situation = new RendezvousSituation(IsFirst: true, IsStateHeld: true, Now);

            var forward = Rule.Decide(members, options, situation, Now).World.Select(m => m.WorkerId).ToList();
            var backward = Rule.Decide([.. members.Reverse()], options, situation, Now).World.Select(m => m.WorkerId).ToList();

            return forward.SequenceEqual(backward)
                && forward.SequenceEqual(forward.Order(StringComparer.Ordinal))
                && forward.Count == Math.Min(members.Length, wanted.Get);
        }).QuickCheckThrowOnFailure();

    private static Member StandingBy(byte id) => new()
    {
        WorkerId = $"worker-{id}", Connection = id, ProcessIncarnation = "p", PeerEndpoint = "unix:/x", LastHeard = Now, PhaseSince = Now,
        Phase = MemberPhase.StandingBy, Held = new HeldState(id % 3),
    };
}
