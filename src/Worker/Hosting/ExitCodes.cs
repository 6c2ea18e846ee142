namespace Distributed.Worker.Hosting;

/// <summary>What a worker's end means to whoever started it.</summary>
internal static class ExitCodes
{
    /// <summary>The run is finished, or stopped on request.</summary>
    public const int Done = 0;

    /// <summary>The run cannot go on.</summary>
    public const int Failed = 1;

    /// <summary>Job, data, model or arguments do not fit: starting again does not help.</summary>
    public const int BadInput = 2;

    /// <summary>The coordinator does not answer.</summary>
    public const int CoordinatorUnreachable = 3;

    /// <summary>This process's state is in doubt: start a fresh one.</summary>
    public const int Replaced = 4;

    /// <summary>Interrupted by SIGINT, as shells say it: 128 and the signal's number.</summary>
    public const int Interrupted = 128 + 2;

    /// <summary>Ended by SIGTERM.</summary>
    public const int Terminated = 128 + 15;
}
