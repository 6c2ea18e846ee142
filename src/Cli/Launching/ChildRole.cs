namespace Distributed.Cli.Launching;

/// <summary>What a child process is there for.</summary>
internal enum ChildRole
{
    /// <summary>The one coordinator of a run.</summary>
    Coordinator,

    /// <summary>One of its workers.</summary>
    Worker,
}
