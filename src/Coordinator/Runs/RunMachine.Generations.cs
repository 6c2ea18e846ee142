using System.Collections.Immutable;
using Distributed.Coordinator.Checkpoints;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Membership;
using Distributed.Coordinator.Rendezvous;
using Distributed.Data.Planning;

namespace Distributed.Coordinator.Runs;

using Rendezvous = Distributed.Coordinator.Rendezvous.Rendezvous;

// How generations come and go.
internal sealed partial class RunMachine
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly List<GenerationSummary> _summaries = [];
    // Logged only when it lasts until the next tick.
    private string _waitingFor = "";
    private string _loggedWait = "";
    private int _fruitless;
    private DateTimeOffset _notBefore;

    private void OnStoodBy(Member member, HeldState held)
    {
        if (held.StepsDecided > _facts.History.Count)
            ReplaceForeign(member, "holds", held.StepsDecided);

        // A worker that left its generation by itself while the coordinator closed it may say so twice.
        else if (member.Phase is not MemberPhase.Active)
            _members.StandBy(member, held, _now);
    }

    private void OnReady(Member member, long number)
    {
        if (_generation is { } generation && generation.Number == number && generation.RankOf(member.Connection) is >= 0 and var rank)
            generation.Ready(rank, _now);
    }

    private void OnGenerationBroke(Member member, GenerationBroke broke)
    {
        if (broke.DamagedCheckpoint.Length > 0)
            PassOver(CheckpointFolders.NameOf(broke.DamagedCheckpoint), broke.Reason);
        if (_generation is not { } generation || generation.Number != broke.Generation || generation.RankOf(member.Connection) < 0)
            return;

        var suspect = broke.SuspectRank >= 0 && broke.SuspectRank < generation.WorldSize
            ? $" (suspects {generation.Generation.Members[broke.SuspectRank].WorkerId})"
            : "";
        CloseGeneration(generation, $"worker {member.WorkerId}: {broke.Reason}{suspect}", reporter: member.Connection);
    }

    /// <summary>Forms a generation if the rendezvous says so.</summary>
    private void Rally()
    {
        if (_stopRequestedBy is not null)
        {
            EndRun(StopCause.Requested, "stopped on request", ExitCodes.Done);
            return;
        }

        var decision = Rendezvous.Decide(_members.Members, _options.Rendezvous, Situation(), _now);
        _waitingFor = decision.Reason;
        if (!decision.World.IsEmpty)
            Form(decision);
    }

    private RendezvousSituation Situation() => new(
        IsFirst: _summaries.Count == 0,
        IsStateHeld: _members.Members.Any(m => m.Phase is MemberPhase.StandingBy && StateSource.Holds(m.Held, _facts.StepsDecided, _facts.LastDecision)),
        _members.LastChange,
        _notBefore);

    private void Form(RendezvousDecision decision)
    {
        if (StateSource.Choose([.. decision.World.Select(m => m.Held)], _facts, _checkpoints) is not { } state)
        {
            if (StateSource.HasSealed(_facts))
                Fail(NothingToGoBackTo());
            else
                ReplaceAll(decision.World);
            return;
        }

        if (state.StepsDecided < _facts.StepsDecided)
            GoBack(state);

        var generation = new Generation(_facts.LastGeneration + 1, Ranks(decision.World));
        Record(new GenerationFormed(generation, state.StepsDecided, state.Source));
        _generation = new CurrentGeneration(generation, _now);
        _summaries.Add(new GenerationSummary(generation.Number, generation.Members.Length, state.StepsDecided, _now));
        (_waitingFor, _loggedWait) = ("", "");
        LogGenerationFormed(generation.Number, generation.Members.Length, state.StepsDecided, state.Source, decision.Reason);
        foreach (var member in decision.World)
        {
            _members.Enter(member, MemberPhase.Active, _now);
            Tell(member.Connection, new GenerationStarted(_facts.Incarnation, generation, state, LastDecision()));
        }
    }

    /// <summary>Equal speeds for now: runs that differ by one shard at most.
    /// What each rank measures is in <see cref="CurrentGeneration.StepSeconds"/>.</summary>
    private ImmutableArray<GenerationMember> Ranks(ImmutableArray<Member> world)
    {
        var speeds = Enumerable.Repeat(1.0, world.Length).ToArray();
        var runs = ShardDealer.Deal(_plan.Shards, speeds);
        return [.. world.Select((m, rank) => new GenerationMember(m.WorkerId, m.Connection, m.ProcessIncarnation, m.PeerEndpoint, runs[rank]))];
    }

    private StepDecision? LastDecision() => _facts.LastDecision is { } last
        ? new StepDecision(last.Generation, _facts.StepsDecided - 1, last.Outcome, last.GradientDigest)
        : null;

    /// <summary>Nothing is sealed and nobody holds the initial model: whoever holds something else makes room for a fresh process.</summary>
    private void ReplaceAll(ImmutableArray<Member> world)
    {
        foreach (var member in world)
            Replace(member, $"it holds the state after {member.Held.StepsDecided} steps, the run goes on from 0");
    }

    /// <summary>A process that got further than the journal: it worked for another run, such as one started afresh since.</summary>
    private void ReplaceForeign(Member member, string verb, long stepsDecided) =>
        Replace(member, $"it {verb} the state after {stepsDecided} steps, but this run has decided {_facts.History.Count}: it worked for another run");

    private void Replace(Member member, string reason)
    {
        Tell(member.Connection, new Stop(StopCause.Replaced, reason));
        Lose(member, reason);
    }

    private void CloseGeneration(CurrentGeneration generation, string reason, long? reporter = null)
    {
        _generation = null;
        Record(new GenerationEnded(generation.Number, reason));
        _summaries[^1] = _summaries[^1] with { EndedAt = _now, Reason = reason };
        LogGenerationClosed(generation.Number, reason);
        foreach (var rank in generation.Generation.Members)
        {
            if (_members.Find(rank.Connection) is not { } member)
                continue;

            _members.Enter(member, MemberPhase.Leaving, _now);
            if (member.Connection != reporter)
                Tell(member.Connection, new GenerationClosed(generation.Number, reason));
        }

        CountFruitless(generation, reason);
    }

    /// <summary>Generations that end before they decide anything come after growing pauses, and not for ever.</summary>
    private void CountFruitless(CurrentGeneration generation, string reason)
    {
        _fruitless = generation.TasksEnded > 0 ? 0 : _fruitless + 1;
        _notBefore = _fruitless < 2 ? _now : _now + TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, _fruitless - 2)));
        if (_fruitless >= _options.MostFruitlessGenerations)
            Fail($"{_fruitless} generations in a row ended before a decision, the last because of this: {reason}");
    }
}
