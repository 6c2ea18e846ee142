using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Cli.Events;

namespace Distributed.Cli.Status;

/// <summary>What is known of a run from everything the coordinator said: on its status page, and in its log, which goes on to its last moment.</summary>
internal sealed class RunTally
{
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly SortedDictionary<long, EvaluationScores> _evaluations = [];
    private long? _step;
    private long? _totalSteps;
    private bool _hasGeneration;

    /// <summary>Steps that are decided, as far as is known.</summary>
    public long? Step
    {
        get
        {
            lock (_gate)
                return _step;
        }
    }

    /// <summary>Steps of the whole job.</summary>
    public long? TotalSteps
    {
        get
        {
            lock (_gate)
                return _totalSteps;
        }
    }

    /// <summary>Whether workers were ever joined in a generation.</summary>
    public bool HasGeneration
    {
        get
        {
            lock (_gate)
                return _hasGeneration;
        }
    }

    /// <summary>Scores so far, by step.</summary>
    public ImmutableArray<EvaluationScores> Evaluations
    {
        get
        {
            lock (_gate)
                return [.. _evaluations.Values];
        }
    }

    /// <summary>Takes note of the status page.</summary>
    public void Observe(RunStatus status)
    {
        lock (_gate)
        {
            _step = status.Step ?? _step;
            _totalSteps = status.TotalSteps ?? _totalSteps;
            _hasGeneration |= status.Generation is not null;
            foreach (var scores in status.Evaluations)
                _evaluations[scores.Step] = scores;
        }
    }

    /// <summary>Takes note of a line of the coordinator's log.</summary>
    public void Observe(RunEvent e)
    {
        lock (_gate)
        {
            _hasGeneration |= e.Properties.ContainsKey("Generation");
            // The page has all decimals, so it goes first.
            if (EvaluationScores.From(e) is { } scores)
                _evaluations.TryAdd(scores.Step, scores);
            if (e.Level == EventLevel.Information && e.Properties[EvaluationScores.StepProperty] is { } step && step.GetValueKind() == JsonValueKind.Number)
                _step = (long)step;
        }
    }
}
