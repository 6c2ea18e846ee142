using System.Collections.Immutable;
using Distributed.Coordinator.Membership;

namespace Distributed.Coordinator.Rendezvous;

/// <summary>Whether a generation is formed, and why or why not.</summary>
/// <param name="World">Its members in rank order; empty: wait.</param>
/// <param name="Reason">One line for a person.</param>
internal sealed record RendezvousDecision(ImmutableArray<Member> World, string Reason)
{
    public static RendezvousDecision Wait(string reason) => new([], reason);

    public static RendezvousDecision Form(ImmutableArray<Member> world, string reason) => new(world, reason);
}
