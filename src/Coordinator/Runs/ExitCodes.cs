namespace Distributed.Coordinator.Runs;

/// <summary>What the process tells whoever started it.</summary>
internal static class ExitCodes
{
    /// <summary>Finished, or stopped on request.</summary>
    public const int Done = 0;

    /// <summary>The run failed.</summary>
    public const int Failed = 1;

    /// <summary>Job, data or arguments are not usable: starting again changes nothing.</summary>
    public const int BadInput = 2;
}
