using System.Globalization;
using Distributed.Coordinator.Membership;
using Distributed.Coordinator.Rendezvous;

namespace Distributed.Coordinator.Tests.Rendezvous;

using Rule = Distributed.Coordinator.Rendezvous.Rendezvous;

/// <summary>Plays a scenario file: settings, then lines of `seconds action => expected decision`.</summary>
internal sealed class RendezvousScenario
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private readonly MembershipTable _table = new();
    private RendezvousOptions _options = new() { Workers = 1 };
    private bool _isFirst = true;
    private long _state;
    private DateTimeOffset _notBefore;
    private long _lastConnection;

    /// <returns>Pairs of what was expected and what was decided, each with its line.</returns>
    public IEnumerable<(string Expected, string Actual)> Play(IEnumerable<string> lines)
    {
        foreach (var line in lines.Select(l => l.Split('#')[0].Trim()).Where(l => l.Length > 0))
        {
            if (line.Split("=>", StringSplitOptions.TrimEntries) is not [var left, var expected])
            {
                Set(line.Split(' '));
                continue;
            }

            var words = left.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var now = Start + TimeSpan.FromSeconds(Number(words[0]));
            Act(words[1..], now);
            yield return ($"{left} => {expected}", $"{left} => {Decide(now)}");
        }
    }

    private void Set(string[] words) => _ = words switch
    {
        ["workers", var n] => (object)(_options = _options with { Workers = (int)Number(n) }),
        ["at", "least", var n] => _options = _options with { MinWorkers = (int)Number(n) },
        ["formed", "before"] => _isFirst = false,
        ["state", "after", var n] => _state = (long)Number(n),
        ["not", "before", var n] => _notBefore = Start + TimeSpan.FromSeconds(Number(n)),
        _ => throw new FormatException(string.Join(' ', words)),
    };

    private void Act(string[] words, DateTimeOffset now)
    {
        switch (words)
        {
            case ["nothing"]:
                break;
            case [var id, "joins"]:
                Member(id, now);
                break;
            case [var id, "stands", "by"]:
                _table.StandBy(Member(id, now), new HeldState(_state), now);
                break;
            case [var id, "stands", "by", "at", var steps]:
                _table.StandBy(Member(id, now), new HeldState((long)Number(steps)), now);
                _state = Math.Max(_state, (long)Number(steps));
                break;
            case [var id, "leaves"]:
                _table.Enter(Member(id, now), MemberPhase.Leaving, now);
                break;
            case [var id, "is", "lost"]:
                _table.Remove(Member(id, now), now);
                break;
            default:
                throw new FormatException(string.Join(' ', words));
        }
    }

    private Member Member(string id, DateTimeOffset now)
    {
        if (_table.Find(id) is { } member)
            return member;

        _table.Add(
            new Member
            {
                WorkerId = id, Connection = ++_lastConnection, ProcessIncarnation = "p", PeerEndpoint = "unix:/x", LastHeard = now, PhaseSince = now,
            },
            now);
        return _table.Find(id)!;
    }

    private string Decide(DateTimeOffset now)
    {
        var isHeld = _table.Members.Any(m => m.Phase is MemberPhase.StandingBy && m.Held.StepsDecided == _state);
        var decision = Rule.Decide(_table.Members, _options, new RendezvousSituation(_isFirst, isHeld, _table.LastChange, _notBefore), now);
        return decision.World.IsEmpty ? $"wait {decision.Reason}" : $"form {string.Join(' ', decision.World.Select(m => m.WorkerId))}";
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
