using Distributed.Coordinator.Journal;

namespace Distributed.Coordinator.Runs;

// How a run ends.
internal sealed partial class RunMachine
{
    private void OnStopRequested(StopRequested request)
    {
        if (_ending is not null)
            return;

        if (_stopRequestedBy is not null)
        {
            EndRun(StopCause.Requested, $"stopped at once after {_facts.StepsDecided} steps", ExitCodes.Done);
            return;
        }

        _stopRequestedBy = request.By;
        LogStopRequested(request.By);
    }

    private void StopBetweenTasks(CurrentGeneration generation)
    {
        var isSealed = _facts.Checkpoints.Any(c => c.StepsDecided == _facts.StepsDecided && _checkpoints.Find(c.Name) is not null);
        if (_facts.StepsDecided > 0 && !isSealed)
            Begin(generation, new WriteCheckpoint());
        else
            EndRun(StopCause.Requested, $"stopped on request after {_facts.StepsDecided} steps", ExitCodes.Done);
    }

    private void Complete()
    {
        if (!_facts.IsFinished)
            Record(new RunFinished(_facts.StepsDecided));
        EndRun(StopCause.Finished, $"finished after {_facts.StepsDecided} steps", ExitCodes.Done);
    }

    private void Fail(string reason)
    {
        if (_ending is not null)
            return;

        LogFailed(reason);
        EndRun(StopCause.Failed, reason, ExitCodes.Failed);
    }

    private void EndRun(StopCause cause, string detail, int exitCode)
    {
        _ending = new Stop(cause, detail);
        if (_generation is { } generation)
            Record(new GenerationEnded(generation.Number, detail));
        if (_generation is not null)
            _summaries[^1] = _summaries[^1] with { EndedAt = _now, Reason = detail };
        if (cause is not StopCause.Failed)
            LogEnded(detail);
        foreach (var member in _members.Members)
            Tell(member.Connection, _ending);
        _actions.Add(new End(exitCode));
    }
}
