using System.Collections.Immutable;
using Distributed.Coordinator.Steps;
using Distributed.Coordinator.Watch;
using Distributed.Jobs;

namespace Distributed.Coordinator.Journal;

/// <summary>What the journal says of a run: the fold of its entries. One owner, the run's loop.</summary>
internal sealed class RunFacts
{
    private readonly List<DecidedStep> _history = [];
    private readonly Dictionary<long, StateEvaluated> _evaluations = [];
    private readonly Dictionary<long, CheckpointSealed> _checkpoints = [];

    /// <summary>Name of the run.</summary>
    public required string RunId { get; init; }

    /// <summary>Lives of the coordinator, this one included.</summary>
    public required long Incarnation { get; init; }

    /// <summary>SHA-256 of the job, in hexadecimal.</summary>
    public required string JobHash { get; init; }

    /// <summary>SHA-256 of the training rows, in hexadecimal.</summary>
    public required string DataFingerprint { get; init; }

    /// <summary>Steps that the current state includes. At most the number of <see cref="History"/>: less after going back.</summary>
    public long StepsDecided { get; private set; }

    /// <summary>The first decision of each step, by step.</summary>
    public IReadOnlyList<DecidedStep> History => _history;

    /// <summary>Number of the newest generation; 0: none yet.</summary>
    public long LastGeneration { get; private set; }

    /// <summary>Whether the run is complete.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>What the embedding watch has measured.</summary>
    public EmbeddingHistory Watch { get; init; } = new(new WatchOptions());

    /// <summary>Alarms that the newest decision began or ended.</summary>
    public ImmutableArray<AlarmChange> AlarmChanges { get; private set; } = [];

    /// <summary>Evaluations by the steps of the state.</summary>
    public IEnumerable<StateEvaluated> Evaluations => _evaluations.Values.OrderBy(e => e.StepsDecided);

    /// <summary>Sealed checkpoints, newest state first.</summary>
    public IEnumerable<CheckpointSealed> Checkpoints => _checkpoints.Values.OrderByDescending(c => c.StepsDecided);

    /// <summary>The decision that led to the current state; null before the first step.</summary>
    public DecidedStep? LastDecision => StepsDecided == 0 ? null : _history[(int)StepsDecided - 1];

    public bool IsEvaluated(long stepsDecided) => _evaluations.ContainsKey(stepsDecided);

    /// <summary>Skipped steps that the current state ends with, without a commit between.</summary>
    public int TrailingSkips
    {
        get
        {
            var skips = 0;
            while (skips < StepsDecided && _history[(int)StepsDecided - 1 - skips].Outcome is StepOutcome.Skip)
                skips++;
            return skips;
        }
    }

    /// <summary>The model of a finished run is gone: what is left to do is to save it again. The journal keeps its entry.</summary>
    public void Reopen() => IsFinished = false;

    public void Apply(JournalEntry entry)
    {
        switch (entry)
        {
            case GenerationFormed formed:
                LastGeneration = formed.Generation.Number;
                break;
            case StepDecided decided:
                Apply(decided);
                break;
            case StateEvaluated evaluated:
                _evaluations[evaluated.StepsDecided] = evaluated;
                break;
            case CheckpointSealed checkpoint:
                _checkpoints[checkpoint.StepsDecided] = checkpoint;
                break;
            case RolledBack back:
                StepsDecided = back.ToSteps;
                break;
            case RunFinished:
                IsFinished = true;
                break;
        }
    }

    private void Apply(StepDecided decided)
    {
        if (decided.Step != StepsDecided)
            throw new InvalidOperationException($"step {decided.Step} was decided while step {StepsDecided} was due");

        if (decided.Step == _history.Count)
            _history.Add(new DecidedStep(decided.Generation, decided.GradientDigest, decided.Loss, decided.Outcome));
        StepsDecided = decided.Step + 1;
        AlarmChanges = decided.Watch is { } figures ? Watch.Add(new Measurement(decided.Step, figures)) : [];
    }
}

/// <summary>What is remembered of each decided step.</summary>
/// <param name="Generation">The generation that decided it.</param>
/// <param name="GradientDigest">Digest of the reduced gradient.</param>
/// <param name="Loss">Of the global batch.</param>
/// <param name="Outcome">Commit or skip.</param>
internal readonly record struct DecidedStep(long Generation, ulong GradientDigest, double Loss, StepOutcome Outcome);
