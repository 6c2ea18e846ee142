using System.Collections.Immutable;
using Distributed.Coordinator.Checkpoints;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Membership;
using Distributed.Coordinator.Rendezvous;
using Distributed.Coordinator.Runs;
using Distributed.Data.Planning;
using Distributed.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace Distributed.Coordinator.Tests.Runs;

/// <summary>A run's machine with actors for its workers and one owner of time. What it appends is kept, so that a restart reads it again.</summary>
internal sealed class RunScene
{
    public const string Job = "job";
    public const string Rows = "rows";

    private readonly FakeTimeProvider _time = new();
    private readonly RunPlan _plan;
    private readonly RunMachineOptions _options;
    private readonly List<Actor> _actors = [];
    private readonly WatchOptions _watch;
    private long _lastConnection;
    private long _incarnation;

    public RunScene(long steps = 4, int workers = 2, int checkpointEvery = 100, bool hasEvaluation = false, int? evaluateEvery = null, int minWorkers = 1,
        WatchOptions? watch = null, params string[] datasets)
    {
        _watch = watch ?? new WatchOptions();
        _plan = new RunPlan
        {
            TotalSteps = steps, Shards = 8, CheckpointEverySteps = checkpointEvery, HasEvaluation = hasEvaluation, EvaluateEverySteps = evaluateEvery,
            Datasets = [.. datasets], Plan = PlanOf,
        };
        _options = new RunMachineOptions { Rendezvous = new RendezvousOptions { Workers = workers, MinWorkers = minWorkers } };
        Restart();
    }

    public RunFacts Facts { get; private set; } = null!;

    public RunMachine Machine { get; private set; } = null!;

    public RecentEvents Log { get; private set; } = null!;

    /// <summary>The log of every level.</summary>
    public RecordingLogger Written { get; } = new();

    /// <summary>Everything that was made durable, over all lives.</summary>
    public List<JournalEntry> Journal { get; } = [];

    /// <summary>Folders of checkpoints that are still there.</summary>
    public HashSet<string> Folders { get; } = [];

    public int? ExitCode { get; private set; }

    public DateTimeOffset Now => _time.GetUtcNow();

    public RunStatus Status => Machine.Status(Now);

    public static StepPlan PlanOf(long step) => new()
    {
        Step = step, Epoch = (int)(step / 100), Dataset = (int)(step % 2), Rows = [(int)step * 2, (int)step * 2 + 1], Shards = [], Hash = 500 + (ulong)step,
    };

    /// <summary>The coordinator dies and comes back: streams are gone, the journal is not.</summary>
    public void Restart()
    {
        _actors.Clear();
        Facts = new RunFacts { RunId = "run", Incarnation = ++_incarnation, JobHash = Job, DataFingerprint = Rows, Watch = new(_watch) };
        foreach (var entry in Journal)
            Facts.Apply(entry);
        Log = new RecentEvents(Written, _time);
        Machine = new RunMachine(Facts, _plan, _options, new CheckpointFolders("/checkpoints", Folders.Contains), Log);
    }

    /// <summary>A worker whose stream opens.</summary>
    public Actor Join(string id, string process = "p1", string job = Job, string rows = Rows, int version = 2)
    {
        var actor = new Actor(this, id, ++_lastConnection);
        _actors.Add(actor);
        Post(new Joined(actor.Connection, new Introduction
        {
            ProtocolVersion = version, WorkerId = id, ProcessIncarnation = process, PeerEndpoint = $"unix:/{id}", JobHash = job, DataFingerprint = rows,
        }));
        return actor;
    }

    /// <summary>Workers that join, stand by and are ready.</summary>
    public ImmutableArray<Actor> Start(params ReadOnlySpan<string> ids)
    {
        ImmutableArray<Actor> actors = [.. ids.ToArray().Select(id => Join(id))];
        foreach (var actor in actors)
            actor.StandBy();
        Ready(actors);
        return actors;
    }

    public static void Ready(params ImmutableArray<Actor> actors)
    {
        foreach (var actor in actors)
            actor.Ready();
    }

    /// <summary>Everyone's vote for the step at hand, as often as asked.</summary>
    public static void Vote(ImmutableArray<Actor> actors, int steps = 1)
    {
        for (var i = 0; i < steps; i++)
            foreach (var actor in actors)
                actor.Vote();
    }

    /// <summary>Time passes in seconds and everyone who is not silent beats once a second.</summary>
    public void Pass(double seconds)
    {
        for (var left = TimeSpan.FromSeconds(seconds); left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            _time.Advance(left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1));
            foreach (var actor in _actors.Where(a => a is { IsSilent: false, IsConnected: true }).ToList())
                Post(new Heartbeat(actor.Connection));
            Post(new Tick());
        }
    }

    /// <summary>Time passes and nothing at all happens: the coordinator itself is suspended.</summary>
    public void Freeze(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Post(new Tick());
    }

    public void Post(RunEvent happened)
    {
        foreach (var action in Machine.Handle(happened, Now))
            Carry(action);
    }

    public bool HasLogged(string part) => Log.Newest.Any(e => e.Text.Contains(part, StringComparison.Ordinal));

    private void Carry(RunAction action)
    {
        switch (action)
        {
            case Append append:
                Journal.Add(append.Entry);
                break;
            case Send send:
                _actors.First(a => a.Connection == send.Connection).Hear(send.Notice);
                break;
            case Disconnect disconnect:
                _actors.First(a => a.Connection == disconnect.Connection).IsConnected = false;
                break;
            case End end:
                ExitCode = end.ExitCode;
                break;
        }
    }
}
