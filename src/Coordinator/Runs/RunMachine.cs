using System.Collections.Immutable;
using Distributed.Coordinator.Checkpoints;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Membership;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Runs;

/// <summary>A run as one state machine: events in, actions out. It reads no clock, touches no file and no network.</summary>
/// <remarks>Not thread-safe: one loop owns it and carries out its actions in order before the next event.</remarks>
internal sealed partial class RunMachine
{
    private readonly RunFacts _facts;
    private readonly RunPlan _plan;
    private readonly RunMachineOptions _options;
    private readonly CheckpointFolders _checkpoints;
    private readonly RecentEvents _log;

    private readonly MembershipTable _members = new();
    private readonly StepClock _clock = new();
    private readonly LossCurve _losses = new();
    private readonly SortedSet<long> _skips = [];
    private readonly List<RunAction> _actions = [];
    private DateTimeOffset _now;
    private DateTimeOffset? _lastTick;
    private CurrentGeneration? _generation;
    private Stop? _ending;
    private string? _stopRequestedBy;

    /// <param name="facts">What the journal says; the machine keeps it up with the entries that it has appended.</param>
    /// <param name="plan">What the run is to do.</param>
    /// <param name="options">How many workers, and how patient with them.</param>
    /// <param name="checkpoints">Where checkpoints are.</param>
    /// <param name="log">One line for each change of state.</param>
    public RunMachine(RunFacts facts, RunPlan plan, RunMachineOptions options, CheckpointFolders checkpoints, RecentEvents log)
    {
        _facts = facts;
        _plan = plan;
        _options = options;
        _checkpoints = checkpoints;
        _log = log;
        for (var step = 0; step < facts.History.Count; step++)
        {
            _losses.Add(step, facts.History[step].Loss);
            if (facts.History[step].Outcome is StepOutcome.Skip)
                _skips.Add(step);
        }
    }

    /// <summary>Whether the run is over and only the workers' streams are still to close.</summary>
    public bool HasEnded => _ending is not null;

    /// <summary>What follows from one event.</summary>
    public ImmutableArray<RunAction> Handle(RunEvent happened, DateTimeOffset now)
    {
        _now = now;
        switch (happened)
        {
            case Joined joined:
                OnJoined(joined);
                break;
            case WorkerEvent worker:
                OnWorker(worker);
                break;
            case Tick:
                OnTick();
                break;
            case StopRequested request:
                OnStopRequested(request);
                break;
            case Abandoned abandoned when _ending is null:
                EndRun(StopCause.Requested, abandoned.Reason, ExitCodes.Failed);
                break;
        }

        Advance();
        ImmutableArray<RunAction> actions = [.. _actions];
        _actions.Clear();
        return actions;
    }

    private void OnWorker(WorkerEvent happened)
    {
        if (_members.Find(happened.Connection) is not { } member)
            return;

        if (happened is Disconnected disconnected)
        {
            Lose(member, disconnected.Reason);
            return;
        }

        member = _members.Hear(member, _now);
        if (_ending is not null)
            return;

        switch (happened)
        {
            case StoodBy stoodBy:
                OnStoodBy(member, stoodBy.Held);
                break;
            case BecameReady ready:
                OnReady(member, ready.Generation);
                break;
            case GenerationBroke broke:
                OnGenerationBroke(member, broke);
                break;
            case Voted voted:
                OnVoted(member, voted);
                break;
            case TaskEnded ended:
                OnTaskEnded(member, ended);
                break;
            case CheckpointWritten written:
                OnCheckpointWritten(member, written);
                break;
        }
    }

    /// <summary>What is due now that the event is dealt with: a task for a generation that is ready, or a generation where there is none.</summary>
    private void Advance()
    {
        if (_ending is null && _generation is { IsReady: true, Task: null })
            GiveTask(_generation);
        if (_ending is null && _generation is null)
            Rally();
    }

    private void Record(JournalEntry entry)
    {
        _facts.Apply(entry);
        _actions.Add(new Append(entry));
    }

    private void Tell(long connection, Notice notice) => _actions.Add(new Send(connection, notice));

    private void TellAll(CurrentGeneration generation, Notice notice)
    {
        foreach (var member in generation.Generation.Members)
            Tell(member.Connection, notice);
    }
}
