using Distributed.Coordinator.Rendezvous;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Runs;

/// <summary>The generation that computes, and how far its members are with the task at hand. Owned by the run's loop.</summary>
internal sealed class CurrentGeneration(Generation generation, DateTimeOffset formedAt)
{
    private readonly HashSet<int> _ready = [];
    private readonly Dictionary<long, int> _ranks = generation.Members.Select((m, rank) => (m.Connection, rank)).ToDictionary();
    private StepVote?[] _votes = [];

    public Generation Generation { get; } = generation;

    public long Number => Generation.Number;

    public int WorldSize => Generation.Members.Length;

    /// <summary>Steps that it has decided.</summary>
    public int StepsDecided { get; set; }

    /// <summary>Tasks that it has ended, steps included: an end without one is fruitless.</summary>
    public int TasksEnded { get; set; }

    /// <summary>The task at hand; null: none.</summary>
    public RunTask? Task { get; private set; }

    /// <summary>Number of the newest task, from 1; 0: none yet.</summary>
    public long Sequence { get; private set; }

    /// <summary>When the task at hand was given.</summary>
    public DateTimeOffset TaskSince { get; private set; } = formedAt;

    /// <summary>When the first vote for the step at hand came; null: none yet.</summary>
    public DateTimeOffset? FirstVoteAt { get; private set; }

    /// <summary>When the last member became ready.</summary>
    public DateTimeOffset LastReadyAt { get; private set; } = formedAt;

    public bool IsReady => _ready.Count == WorldSize;

    public IReadOnlyList<StepVote?> Votes => _votes;

    /// <summary>Seconds of each rank's last step; 0 before the first.</summary>
    public double[] StepSeconds { get; } = new double[generation.Members.Length];

    /// <summary>Rank of the member that speaks through a stream; −1: none.</summary>
    public int RankOf(long connection) => _ranks.GetValueOrDefault(connection, -1);

    public void Ready(int rank, DateTimeOffset now)
    {
        if (_ready.Add(rank))
            LastReadyAt = now;
    }

    public void Begin(RunTask task, DateTimeOffset now)
    {
        Task = task;
        Sequence++;
        TaskSince = now;
        _votes = new StepVote?[task is TrainStep ? WorldSize : 0];
        FirstVoteAt = null;
    }

    /// <summary>The task at hand is done.</summary>
    public void EndTask()
    {
        Task = null;
        TasksEnded++;
    }

    /// <summary>The step at hand has to be computed again.</summary>
    public void Replay() => Task = null;

    public void Vote(int rank, StepVote vote, DateTimeOffset now)
    {
        _votes[rank] = vote;
        StepSeconds[rank] = vote.Seconds;
        FirstVoteAt ??= now;
    }

    /// <summary>A pause of this process counts for nobody.</summary>
    public void Excuse(TimeSpan pause)
    {
        FirstVoteAt += pause;
        LastReadyAt += pause;
    }

    /// <summary>Ranks that others have waited for longer than <paramref name="deadline"/>: with their vote, or with being ready.</summary>
    public IEnumerable<int> Overdue(TimeSpan deadline, TimeSpan readyDeadline, DateTimeOffset now)
    {
        var ranks = Enumerable.Range(0, WorldSize);
        if (!IsReady)
            return _ready.Count > 0 && now - LastReadyAt >= readyDeadline ? ranks.Where(r => !_ready.Contains(r)) : [];

        return Task is TrainStep && FirstVoteAt is { } first && now - first >= deadline ? ranks.Where(r => _votes[r] is null) : [];
    }
}
