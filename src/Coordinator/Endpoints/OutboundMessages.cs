using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Endpoints;

using Wire = Distributed.Protocol;

/// <summary>Notices of the run as messages to a worker.</summary>
internal static class OutboundMessages
{
    public static Wire.CoordinatorMessage From(Notice notice) => notice switch
    {
        Welcome welcome => new() { Welcome = new() { RunId = welcome.RunId, CoordinatorIncarnation = welcome.Incarnation } },
        GenerationStarted started => new() { GenerationStarted = From(started) },
        GenerationClosed closed => new() { GenerationClosed = new() { Generation = closed.Generation, Reason = closed.Reason } },
        TaskAssigned assigned => new() { Task = From(assigned) },
        StepDecision decision => new() { Decision = From(decision) },
        Stop stop => new() { Stop = new() { Reason = From(stop.Cause), Detail = stop.Detail } },
        _ => throw new ArgumentOutOfRangeException(nameof(notice), notice, "no message for this notice"),
    };

    private static Wire.GenerationStarted From(GenerationStarted started)
    {
        var message = new Wire.GenerationStarted
        {
            Generation = started.Generation.Number,
            CoordinatorIncarnation = started.Incarnation,
            StepsDecided = started.State.StepsDecided,
            BroadcastState = started.State.IsBroadcast,
        };
        foreach (var member in started.Generation.Members)
            message.Members.Add(new Wire.GenerationMember
            {
                WorkerId = member.WorkerId,
                ProcessIncarnation = member.ProcessIncarnation,
                PeerEndpoint = member.PeerEndpoint,
                FirstShard = member.Shards.First,
                ShardCount = member.Shards.Count,
            });
        if (started.State.SourceRank is { } rank)
            message.SourceRank = rank;
        else
            message.CheckpointFolder = started.State.CheckpointFolder;
        if (started.LastDecision is { } last)
            message.LastDecision = From(last);
        return message;
    }

    private static Wire.Task From(TaskAssigned assigned)
    {
        var message = new Wire.Task { Generation = assigned.Generation, Sequence = assigned.Sequence };
        switch (assigned.Task)
        {
            case TrainStep step:
                message.TrainStep = new() { Step = step.Step, Epoch = step.Epoch, PlanHash = step.PlanHash, CheckpointAfter = step.IsCheckpointDue };
                break;
            case Evaluate evaluate:
                message.Evaluate = new() { StepsDecided = evaluate.StepsDecided };
                break;
            case WriteCheckpoint:
                message.WriteCheckpoint = new();
                break;
            case SaveModel save:
                message.SaveModel = From(save);
                break;
        }

        return message;
    }

    private static Wire.SaveModel From(SaveModel save)
    {
        var message = new Wire.SaveModel();
        foreach (StateEvaluated evaluation in save.Evaluations)
            message.Evaluations.Add(new Wire.EvaluationRecord { StepsDecided = evaluation.StepsDecided, Metrics = { evaluation.Metrics } });
        return message;
    }

    private static Wire.Decision From(StepDecision decision) => new()
    {
        Generation = decision.Generation,
        Step = decision.Step,
        GradientDigest = decision.GradientDigest,
        Outcome = decision.Outcome switch
        {
            StepOutcome.Commit => Wire.Outcome.Commit,
            StepOutcome.Skip => Wire.Outcome.Skip,
            StepOutcome.Replay => Wire.Outcome.Replay,
            _ => Wire.Outcome.Unspecified,
        },
    };

    private static Wire.StopReason From(StopCause cause) => cause switch
    {
        StopCause.Finished => Wire.StopReason.Finished,
        StopCause.Requested => Wire.StopReason.Requested,
        StopCause.Failed => Wire.StopReason.Failed,
        StopCause.Refused => Wire.StopReason.Refused,
        StopCause.Replaced => Wire.StopReason.Replaced,
        _ => Wire.StopReason.Unspecified,
    };
}
