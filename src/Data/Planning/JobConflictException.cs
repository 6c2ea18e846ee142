namespace Distributed.Data.Planning;

/// <summary>A job and its data that do not go together, each being well-formed by itself.</summary>
/// <param name="message">What does not go together, with the figures, and what would.</param>
public sealed class JobConflictException(string message) : Exception(message);
