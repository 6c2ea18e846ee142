using System.Collections.Immutable;

namespace Distributed.Coordinator.Membership;

/// <summary>The workers whose streams are open. Its one writer is the run's loop; what it hands out is immutable.</summary>
internal sealed class MembershipTable
{
    private readonly SortedDictionary<string, Member> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> _idByConnection = [];
    private ImmutableArray<Member>? _snapshot;

    /// <summary>When a worker last joined, stood by or was lost.</summary>
    public DateTimeOffset LastChange { get; private set; }

    /// <summary>All members, ordered by worker id.</summary>
    public ImmutableArray<Member> Members => _snapshot ??= [.. _byId.Values];

    public Member? Find(long connection) =>
        _idByConnection.TryGetValue(connection, out var workerId) ? _byId[workerId] : null;

    public Member? Find(string workerId) => _byId.GetValueOrDefault(workerId);

    /// <summary>Adds a worker. Its id must be free.</summary>
    public void Add(Member member, DateTimeOffset now)
    {
        _byId.Add(member.WorkerId, member);
        _idByConnection.Add(member.Connection, member.WorkerId);
        Changed(now);
    }

    public void Remove(Member member, DateTimeOffset now)
    {
        _byId.Remove(member.WorkerId);
        _idByConnection.Remove(member.Connection);
        Changed(now);
    }

    /// <summary>Notes that a member lives. No change of membership.</summary>
    public Member Hear(Member member, DateTimeOffset now) => Put(member with { LastHeard = now });

    /// <summary>After a pause of this process, in which nobody could be heard: everyone counts as heard now, and the pause counts for nobody.</summary>
    public void Excuse(TimeSpan pause, DateTimeOffset now)
    {
        foreach (var member in Members)
            Put(member with { LastHeard = now, PhaseSince = member.PhaseSince + pause });
    }

    public Member StandBy(Member member, HeldState held, DateTimeOffset now)
    {
        Changed(now);
        return Put(member with { Phase = MemberPhase.StandingBy, PhaseSince = now, Held = held });
    }

    public Member Enter(Member member, MemberPhase phase, DateTimeOffset now) =>
        Put(member with { Phase = phase, PhaseSince = now });

    private Member Put(Member member)
    {
        _byId[member.WorkerId] = member;
        _snapshot = null;
        return member;
    }

    private void Changed(DateTimeOffset now)
    {
        LastChange = now;
        _snapshot = null;
    }
}
