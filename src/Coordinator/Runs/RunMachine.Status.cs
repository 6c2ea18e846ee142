using Distributed.Coordinator.Membership;

namespace Distributed.Coordinator.Runs;

// What the run looks like.
internal sealed partial class RunMachine
{
    private const int ShownGenerations = 20;
    private const int ShownSkips = 100;

    /// <summary>A snapshot for whoever looks at the run.</summary>
    public RunStatus Status(DateTimeOffset now)
    {
        var stepsDecided = _facts.StepsDecided;
        return new RunStatus
        {
            RunId = _facts.RunId,
            State = State(),
            Detail = _ending?.Detail ?? (_generation is null ? _waitingFor : ""),
            Incarnation = _facts.Incarnation,
            Epoch = stepsDecided == 0 ? 0 : _plan.Plan(stepsDecided - 1).Epoch + 1,
            Step = stepsDecided,
            TotalSteps = _plan.TotalSteps,
            Loss = _facts.LastDecision is { } last && double.IsFinite(last.Loss) ? last.Loss : null,
            LossHistory = _losses.Points,
            RowsPerSecond = _clock.RowsPerSecond,
            EtaSeconds = _clock.Mean?.TotalSeconds * (_plan.TotalSteps - stepsDecided),
            Task = TaskName(),
            WantedWorkers = _options.Rendezvous.Workers,
            Workers = [.. _members.Members.Select(m => Describe(m, now))],
            Generations = [.. _summaries.TakeLast(ShownGenerations).Reverse()],
            Evaluations = [.. _facts.Evaluations.Select(e => new EvaluationStatus(e.StepsDecided, e.Metrics))],
            Watch = [.. _facts.Watch.Points],
            Alarms = [.. _facts.Watch.Active.Select(a => new AlarmStatus(a.Name, a.Step, a.Reason))],
            SkippedSteps = [.. _skips.TakeLast(ShownSkips)],
            Checkpoints = [.. _facts.Checkpoints.Select(c => new CheckpointStatus(c.StepsDecided, _checkpoints.PathOf(c.Name))).Take(2)],
            Events = _log.Newest,
        };
    }

    private RunState State() => this switch
    {
        { _ending.Cause: StopCause.Finished } => RunState.Completed,
        { _ending.Cause: StopCause.Failed } => RunState.Failed,
        { _ending: not null } => RunState.Stopped,
        { _stopRequestedBy: not null } => RunState.Stopping,
        { _generation.IsReady: true } => RunState.Running,
        { _summaries.Count: 0 } => RunState.Waiting,
        { _summaries.Count: 1, _generation: not null } => RunState.Forming,
        _ => RunState.Reforming,
    };

    private string TaskName() => _ending is not null ? "" : _generation?.Task switch
    {
        TrainStep => "train",
        Evaluate => "evaluate",
        WriteCheckpoint => "checkpoint",
        SaveModel => "save",
        _ => "",
    };

    private WorkerStatus Describe(Member member, DateTimeOffset now)
    {
        var rank = _generation?.RankOf(member.Connection) ?? -1;
        var isRanked = rank >= 0;
        return new WorkerStatus(
            member.WorkerId,
            member.Phase.ToString(),
            isRanked ? rank : null,
            isRanked ? _generation!.Number : null,
            isRanked ? _generation!.Generation.Members[rank].Shards.Count : 0,
            (now - member.LastHeard).TotalSeconds,
            isRanked && _generation!.StepSeconds[rank] is var seconds and > 0 ? seconds : null);
    }
}
