namespace Distributed.Coordinator.Journal;

/// <summary>The journal of a run folder cannot serve this run. The message is one line for a person.</summary>
internal sealed class JournalException(string message, Exception? inner = null) : Exception(message, inner);
