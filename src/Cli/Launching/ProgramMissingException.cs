namespace Distributed.Cli.Launching;

/// <summary>A program that this one starts is not where it should be. The message is one line for a person.</summary>
internal sealed class ProgramMissingException(string message) : Exception(message);
