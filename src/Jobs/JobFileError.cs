namespace Distributed.Jobs;

/// <summary>One mistake in a job file.</summary>
/// <param name="Line">Line of the mistake, from 1; 0 where it concerns the whole file.</param>
/// <param name="Message">What is wrong and what was expected.</param>
public readonly record struct JobFileError(int Line, string Message);
