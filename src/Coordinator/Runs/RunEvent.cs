using System.Collections.Immutable;
using Distributed.Coordinator.Membership;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Runs;

/// <summary>Something that happened to a run.</summary>
internal abstract record RunEvent;

/// <summary>Time has passed.</summary>
internal sealed record Tick : RunEvent;

/// <summary>Someone asks the run to stop cleanly; asked again: at once.</summary>
internal sealed record StopRequested(string By) : RunEvent;

/// <summary>The run has to stop at once.</summary>
internal sealed record Abandoned(string Reason) : RunEvent;

/// <summary>Something that a worker's stream brought.</summary>
/// <param name="Connection">The stream; never reused.</param>
internal abstract record WorkerEvent(long Connection) : RunEvent;

/// <summary>The stream opened and the worker said who it is.</summary>
internal sealed record Joined(long Connection, Introduction Introduction) : WorkerEvent(Connection);

/// <summary>The stream is closed.</summary>
internal sealed record Disconnected(long Connection, string Reason) : WorkerEvent(Connection);

/// <summary>The worker's process lives.</summary>
internal sealed record Heartbeat(long Connection) : WorkerEvent(Connection);

/// <summary>The worker belongs to no generation and holds its state still.</summary>
internal sealed record StoodBy(long Connection, HeldState Held) : WorkerEvent(Connection);

/// <summary>The worker has reached its peers and holds the generation's state.</summary>
internal sealed record BecameReady(long Connection, long Generation) : WorkerEvent(Connection);

/// <summary>The worker has computed its part of a step.</summary>
internal sealed record Voted(long Connection, long Generation, long Step, StepVote Vote) : WorkerEvent(Connection);

/// <summary>The worker is done with a task that is not a step.</summary>
/// <param name="Connection">The stream.</param>
/// <param name="Generation">Of the task.</param>
/// <param name="Sequence">Of the task.</param>
/// <param name="Metrics">Scores of an evaluation.</param>
/// <param name="Error">Empty: done.</param>
internal sealed record TaskEnded(
    long Connection, long Generation, long Sequence, ImmutableSortedDictionary<string, double> Metrics, string Error) : WorkerEvent(Connection);

/// <summary>A checkpoint is complete and durable.</summary>
internal sealed record CheckpointWritten(long Connection, long StepsDecided, string Folder, string ManifestSha256) : WorkerEvent(Connection);

/// <summary>A collective of the generation cannot complete.</summary>
/// <param name="Connection">The stream.</param>
/// <param name="Generation">Of the collective.</param>
/// <param name="Reason">For a person.</param>
/// <param name="SuspectRank">Who is to blame; −1: unknown.</param>
/// <param name="DamagedCheckpoint">Folder of the checkpoint that the worker was to read and that is damaged; empty: the cause is another.</param>
internal sealed record GenerationBroke(
    long Connection, long Generation, string Reason, int SuspectRank, string DamagedCheckpoint = "") : WorkerEvent(Connection);
