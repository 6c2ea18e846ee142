namespace Distributed.Cli.Output;

/// <summary>The folder of a run cannot be used as it is; the message says what to do.</summary>
internal sealed class RunFolderException(string message) : Exception(message);
