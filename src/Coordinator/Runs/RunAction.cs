using Distributed.Coordinator.Journal;

namespace Distributed.Coordinator.Runs;

/// <summary>Something that is to be done, in the order given: an entry is durable before the notice that follows it leaves.</summary>
internal abstract record RunAction;

/// <summary>Write to the journal.</summary>
internal sealed record Append(JournalEntry Entry) : RunAction;

/// <summary>Tell a worker.</summary>
internal sealed record Send(long Connection, Notice Notice) : RunAction;

/// <summary>Close a worker's stream, after what was sent before.</summary>
internal sealed record Disconnect(long Connection, string Reason) : RunAction;

/// <summary>The run is over; the process ends once the workers' streams are closed.</summary>
internal sealed record End(int ExitCode) : RunAction;
