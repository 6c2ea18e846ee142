using System.Collections.Immutable;
using Distributed.Coordinator.Membership;

namespace Distributed.Coordinator.Rendezvous;

/// <summary>The rule by which workers in standby become a generation.</summary>
internal static class Rendezvous
{
    /// <summary>Whether a generation is formed at <paramref name="now"/>, of whom, and why.</summary>
    /// <remarks>Members that still leave a closed generation are waited for without limit here: whoever never stands by is lost by its deadline.</remarks>
    public static RendezvousDecision Decide(
        ImmutableArray<Member> members, RendezvousOptions options, RendezvousSituation situation, DateTimeOffset now)
    {
        ImmutableArray<Member> standby = [.. members.Where(m => m.Phase is MemberPhase.StandingBy)];
        var leaving = members.Count(m => m.Phase is MemberPhase.Leaving);

        if (standby.Length < options.MinWorkers)
            return RendezvousDecision.Wait(TooFew(standby.Length, options, situation));
        if (leaving > 0)
            return RendezvousDecision.Wait($"for {leaving} to leave the closed generation");
        if (now < situation.NotBefore)
            return RendezvousDecision.Wait($"pausing until {situation.NotBefore:HH:mm:ss} after generations without a decision");
        if (standby.Length >= options.Workers)
            return RendezvousDecision.Form(World(standby, options.Workers), $"all {options.Workers} workers stand by");
        if (now < Deadline(standby, options, situation))
            return RendezvousDecision.Wait($"{standby.Length} of {options.Workers} workers stand by");

        return RendezvousDecision.Form(World(standby, options.Workers), $"{standby.Length} of {options.Workers} workers stand by, waited long enough");
    }

    /// <summary>The minimum is named only where it is one.</summary>
    private static string TooFew(int standby, RendezvousOptions options, RendezvousSituation situation)
    {
        var minimum = options.MinWorkers > 1 ? $", at least {options.MinWorkers}" : "";
        return situation.IsFirst && standby == 0
            ? $"for {options.Workers} workers{minimum}: they read the data and build the model"
            : $"{standby} of {options.Workers} workers stand by{minimum}";
    }

    private static DateTimeOffset Deadline(ImmutableArray<Member> standby, RendezvousOptions options, RendezvousSituation situation) => situation switch
    {
        { IsFirst: true } => standby.Min(m => m.PhaseSince) + options.JoinTimeout,
        { IsStateHeld: true } => situation.LastChange + options.ReplacementGrace,
        _ => situation.LastChange + options.RecoveryGrace,
    };

    /// <summary>Whoever holds the newest state goes before spares; rank is the order of ids, so that every observer agrees.</summary>
    private static ImmutableArray<Member> World(ImmutableArray<Member> standby, int workers) =>
    [
        .. standby.OrderByDescending(m => m.Held.StepsDecided).ThenBy(m => m.WorkerId, StringComparer.Ordinal)
            .Take(workers)
            .OrderBy(m => m.WorkerId, StringComparer.Ordinal),
    ];
}
