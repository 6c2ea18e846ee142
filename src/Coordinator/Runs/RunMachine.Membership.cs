using Distributed.Coordinator.Membership;

namespace Distributed.Coordinator.Runs;

// Who is a member, and who is lost.
internal sealed partial class RunMachine
{
    private const int SpokenVersion = 2;

    private void OnJoined(Joined joined)
    {
        var introduction = joined.Introduction;
        if (_ending is not null)
        {
            Dismiss(joined.Connection, _ending);
            return;
        }

        if (Refusal(introduction) is { } refusal)
        {
            LogWorkerRefused(introduction.WorkerId, refusal);
            Dismiss(joined.Connection, new Stop(StopCause.Refused, refusal));
            return;
        }

        if (_members.Find(introduction.WorkerId) is { } former)
            GiveWay(former, introduction);
        _members.Add(
            new Member
            {
                WorkerId = introduction.WorkerId,
                Connection = joined.Connection,
                ProcessIncarnation = introduction.ProcessIncarnation,
                PeerEndpoint = introduction.PeerEndpoint,
                LastHeard = _now,
                PhaseSince = _now,
            },
            _now);
        LogWorkerJoined(introduction.WorkerId);
        Tell(joined.Connection, new Welcome(_facts.RunId, _facts.Incarnation));
    }

    private string? Refusal(Introduction introduction) => introduction switch
    {
        { ProtocolVersion: not SpokenVersion } =>
            $"worker speaks protocol version {introduction.ProtocolVersion}, the coordinator {SpokenVersion}: use the same build on both sides",
        _ when introduction.JobHash != _facts.JobHash => "worker has another job than the coordinator: give both the same job file",
        _ when introduction.DataFingerprint != _facts.DataFingerprint => "worker read other training rows than the coordinator: give both the same files",
        _ => null,
    };

    /// <summary>The newest stream of a worker id is the worker. Another process that still lives under the same id must not come back.</summary>
    private void GiveWay(Member former, Introduction newcomer)
    {
        if (former.ProcessIncarnation != newcomer.ProcessIncarnation)
            Tell(former.Connection, new Stop(StopCause.Refused, $"another process joined as worker {former.WorkerId}"));
        Lose(former, "a new stream took its place");
    }

    /// <summary>Sweeps away whoever is overdue.</summary>
    private void OnTick()
    {
        if (_now - _lastTick is { } pause && pause > _options.Lease / 2)
        {
            _members.Excuse(pause, _now);
            _generation?.Excuse(pause);
        }

        _lastTick = _now;
        if (_ending is not null)
            return;

        // All of them are found before the first is lost: that closes the generation they are overdue in.
        var lost = Overdue().ToList();
        foreach (var (member, reason) in lost)
            Lose(member, reason);

        if (_generation is null && _waitingFor != _loggedWait)
            LogWaiting(_loggedWait = _waitingFor);
    }

    private IEnumerable<(Member Member, string Reason)> Overdue()
    {
        var deadline = _clock.Deadline;
        var late = _generation?.Overdue(deadline, _options.ReadyDeadline, _now).Select(rank => _generation.Generation.Members[rank].Connection).ToHashSet();
        foreach (var member in _members.Members)
        {
            if (_now - member.LastHeard >= _options.Lease)
                yield return (member, $"silent for {_options.Lease.TotalSeconds:0.#} s");
            else if (member.Phase is MemberPhase.Leaving && _now - member.PhaseSince >= deadline)
                yield return (member, $"still in the closed generation after {deadline.TotalSeconds:0.#} s");
            else if (late?.Contains(member.Connection) is true)
                yield return (member, _generation!.IsReady
                    ? $"its vote is {deadline.TotalSeconds:0.#} s behind the others'"
                    : $"not ready {_options.ReadyDeadline.TotalSeconds:0.#} s after the others");
        }
    }

    private void Violate(Member member, string what) => Lose(member, $"protocol violation: {what}");

    /// <summary>A worker is gone: its stream is closed, and so is the generation that it belongs to.</summary>
    private void Lose(Member member, string reason)
    {
        _members.Remove(member, _now);
        _actions.Add(new Disconnect(member.Connection, reason));
        if (_ending is not null)
            return;

        LogWorkerLost(member.WorkerId, reason);
        if (_generation is { } generation && generation.RankOf(member.Connection) >= 0)
            CloseGeneration(generation, $"worker {member.WorkerId} lost: {reason}");
    }

    private void Dismiss(long connection, Stop stop)
    {
        Tell(connection, stop);
        _actions.Add(new Disconnect(connection, stop.Detail));
    }
}
