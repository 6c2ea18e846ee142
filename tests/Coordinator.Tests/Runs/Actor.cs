using System.Collections.Immutable;
using Distributed.Coordinator.Membership;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Tests.Runs;

/// <summary>A worker of a <see cref="RunScene"/>: keeps what it hears, and its state as the protocol has it; speaks when told to.</summary>
internal sealed class Actor(RunScene scene, string id, long connection)
{
    public string Id => id;

    public long Connection => connection;

    public bool IsConnected { get; set; } = true;

    /// <summary>Sends no heartbeats.</summary>
    public bool IsSilent { get; set; }

    public List<Notice> Heard { get; } = [];

    public long StepsDecided { get; set; }

    public ulong? Pending { get; set; }

    public GenerationStarted? Generation { get; private set; }

    public TaskAssigned? Task { get; private set; }

    public long? Step => (Task?.Task as TrainStep)?.Step;

    public Stop? Stop => Heard.OfType<Stop>().LastOrDefault();

    public IEnumerable<StepDecision> Decisions => Heard.OfType<StepDecision>();

    public int Rank => Generation!.Generation.Members.Select(m => m.WorkerId).ToList().IndexOf(id);

    /// <summary>What a right worker's reduced gradient of a step digests to.</summary>
    public static ulong Digest(long step) => 7000 + (ulong)step;

    public void StandBy() => scene.Post(new StoodBy(connection, new HeldState(StepsDecided, Pending)));

    /// <summary>Takes the generation's state and says so.</summary>
    public void Ready()
    {
        StepsDecided = Generation!.State.StepsDecided;
        Pending = null;
        scene.Post(new BecameReady(connection, Generation.Generation.Number));
    }

    /// <summary>Votes for the step at hand.</summary>
    public void Vote(ulong? digest = null, bool isFinite = true, ulong? rowsHash = null, ImmutableSortedDictionary<string, double>? watch = null)
    {
        var step = (TrainStep)Task!.Task;
        Pending = digest ?? Digest(step.Step);
        scene.Post(new Voted(
            connection, Task.Generation, step.Step, new StepVote(isFinite, Pending.Value, rowsHash ?? step.PlanHash, isFinite ? 0.5 : double.NaN, 1, 0.2)
            {
                Watch = watch,
            }));
    }

    /// <summary>Reports the task at hand.</summary>
    public void Report(string error = "", params (string Name, double Value)[] metrics) =>
        scene.Post(new TaskEnded(
            connection, Task!.Generation, Task.Sequence, metrics.ToImmutableSortedDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal), error));

    public void Seal(long? steps = null)
    {
        var folder = $"/checkpoints/{steps ?? StepsDecided}";
        scene.Folders.Add(folder);
        scene.Post(new CheckpointWritten(connection, steps ?? StepsDecided, folder, "aa"));
    }

    public void FailGeneration(string reason = "peer closed", int suspect = -1, string damaged = "") =>
        scene.Post(new GenerationBroke(connection, Generation!.Generation.Number, reason, suspect, damaged));

    /// <summary>The process is killed: its stream breaks.</summary>
    public void Die()
    {
        IsSilent = true;
        scene.Post(new Disconnected(connection, "its stream broke"));
    }

    public void Hear(Notice notice)
    {
        Heard.Add(notice);
        switch (notice)
        {
            case GenerationStarted started:
                Generation = started;
                Task = null;
                break;
            case TaskAssigned assigned:
                Task = assigned;
                break;
            case StepDecision { Outcome: not StepOutcome.Replay } decision:
                StepsDecided = decision.Step + 1;
                Pending = null;
                break;
        }
    }
}
