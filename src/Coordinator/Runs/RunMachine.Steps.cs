using System.Collections.Immutable;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Membership;
using Distributed.Coordinator.Steps;
using Distributed.Jobs;

namespace Distributed.Coordinator.Runs;

// How votes become decisions.
internal sealed partial class RunMachine
{
    private const int Milestones = 10;
    private const int ShownRows = 20;

    private long? _replayedStep;

    private void OnVoted(Member member, Voted voted)
    {
        if (_generation is not { } generation || generation.Number != voted.Generation)
            return;

        if (generation.RankOf(member.Connection) is not (>= 0 and var rank) || generation.Task is not TrainStep step
            || step.Step != voted.Step || generation.Votes[rank] is not null)
        {
            Violate(member, $"a vote for step {voted.Step} was not due");
            return;
        }

        generation.Vote(rank, voted.Vote, _now);
        Judge(generation, step);
    }

    private void Judge(CurrentGeneration generation, TrainStep step)
    {
        var verdict = StepArbiter.Judge([.. generation.Votes], step.PlanHash, wasReplayed: _replayedStep == step.Step);
        switch (verdict.Kind)
        {
            case VerdictKind.Commit:
                Decide(generation, step, StepOutcome.Commit);
                break;
            case VerdictKind.Skip:
                Decide(generation, step, StepOutcome.Skip);
                break;
            case VerdictKind.Replay:
                Replay(generation, step, verdict.Reason);
                break;
            case VerdictKind.Diverged:
                Expel(generation, step, verdict);
                break;
        }
    }

    private void Decide(CurrentGeneration generation, TrainStep step, StepOutcome outcome)
    {
        var vote = generation.Votes[0]!;
        if (Contradiction(step.Step, outcome, vote.GradientDigest) is { } contradiction)
        {
            Fail(contradiction);
            return;
        }

        Record(new StepDecided
        {
            Step = step.Step,
            Epoch = step.Epoch,
            Outcome = outcome,
            GradientDigest = vote.GradientDigest,
            RowsHash = vote.RowsHash,
            Loss = vote.Loss,
            GradientNorm = vote.GradientNorm,
            Generation = generation.Number,
            Watch = vote.Watch,
        });
        TellAll(generation, new StepDecision(generation.Number, step.Step, outcome, vote.GradientDigest));
        var rows = _plan.Plan(step.Step).Rows;
        _clock.Add(_now - generation.TaskSince, rows.Length);
        _losses.Add(step.Step, vote.Loss);
        generation.EndTask();
        generation.StepsDecided++;
        if (outcome is StepOutcome.Skip)
            CountSkips(step, rows);
        if (_ending is null && vote.Watch is { } figures)
            Watch(step.Step, figures);
        if (_ending is null)
            LogMilestone(step, vote);
    }

    /// <summary>Tells what the step's measurement shows. An alarm that is on ends a run that asks for it, also one that is resumed.</summary>
    private void Watch(long step, ImmutableSortedDictionary<string, double> figures)
    {
        var history = _facts.Watch;
        LogWatched(step, string.Join(", ", figures.Select(f => FormattableString.Invariant($"{f.Key} {f.Value:G4}"))));
        foreach (var change in _facts.AlarmChanges)
        {
            if (change.IsRaised)
                LogAlarm(change.Name, step, change.Reason);
            else
                LogAlarmOver(change.Name, step, change.Reason);
        }

        if (history.Options.Alarms is AlarmResponse.Stop && history.Active is [var first, ..])
            Fail($"alarm {first.Name} at step {first.Step}: {first.Reason} (watch.alarms: log trains on)");
    }

    /// <summary>A step that is computed again after going back must end as it did: announced decisions are never changed.</summary>
    private string? Contradiction(long step, StepOutcome outcome, ulong digest)
    {
        if (step >= _facts.History.Count)
            return null;

        var before = _facts.History[(int)step];
        if (outcome != before.Outcome)
            return $"step {step} was decided {before.Outcome}, computed again it would be {outcome}";
        return outcome is StepOutcome.Commit && digest != before.GradientDigest
            ? $"step {step} was committed with gradient {before.GradientDigest:x16}, computed again it gave {digest:x16}"
            : null;
    }

    private void CountSkips(TrainStep task, ImmutableArray<int> rows)
    {
        var step = task.Step;
        _skips.Add(step);
        LogSkipped(step, rows.Length, string.Join(' ', rows.Take(ShownRows)) + (rows.Length > ShownRows ? " …" : ""), $"{task.PlanHash:x16}");
        if (_facts.TrailingSkips >= _options.MostSkips)
            Fail($"{_facts.TrailingSkips} steps in a row were not finite, the last is step {step}: lower the learning rate or look at the rows");
    }

    private void Replay(CurrentGeneration generation, TrainStep step, string reason)
    {
        _replayedStep = step.Step;
        LogReplayed(step.Step, reason);
        TellAll(generation, new StepDecision(generation.Number, step.Step, StepOutcome.Replay, generation.Votes[0]!.GradientDigest));
        generation.Replay();
    }

    /// <summary>Nobody applies; the members in doubt leave, and the generation with them.</summary>
    private void Expel(CurrentGeneration generation, TrainStep step, StepVerdict verdict)
    {
        var diverged = verdict.DivergedRanks.Select(rank => generation.Generation.Members[rank]).ToList();
        LogDiverged(step.Step, string.Join(", ", diverged.Select(m => m.WorkerId)), verdict.Reason);
        foreach (var rank in diverged)
            if (_members.Find(rank.Connection) is { } member)
                Replace(member, $"step {step.Step}: {verdict.Reason}");
    }

    private void LogMilestone(TrainStep step, StepVote vote)
    {
        var (decided, total) = (step.Step + 1, _plan.TotalSteps);
        if (decided * Milestones / total == step.Step * Milestones / total)
            return;
        if (_plan.Datasets.IsEmpty)
            LogProgress(decided, total, step.Epoch + 1, vote.Loss, _clock.RowsPerSecond ?? 0);
        else
            LogProgressOf(_plan.Datasets[_plan.Plan(step.Step).Dataset], decided, total, step.Epoch + 1, vote.Loss, _clock.RowsPerSecond ?? 0);
    }
}
