namespace Distributed.Coordinator.Hosting;

/// <summary>Arguments, job, data or run folder are not usable. The message says so to a person, a line for each mistake; no stack trace is shown.</summary>
internal sealed class BadInputException(string message, Exception? inner = null) : Exception(message, inner);
