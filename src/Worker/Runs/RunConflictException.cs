namespace Distributed.Worker.Runs;

/// <summary>This worker does not fit the run: other plans, other data, another model. Starting it again would not help.</summary>
internal sealed class RunConflictException(string reason) : Exception(reason);
