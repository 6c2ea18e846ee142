namespace Distributed.Cli;

/// <summary>Exit codes that all programs of this product share.</summary>
internal static class ExitCodes
{
    /// <summary>Done, or stopped on request.</summary>
    public const int Done = 0;

    /// <summary>The run failed.</summary>
    public const int Failed = 1;

    /// <summary>The job, its data, its model or the arguments are bad: trying again cannot help.</summary>
    public const int Refused = 2;

    /// <summary>A worker did not reach its coordinator.</summary>
    public const int Unreachable = 3;

    /// <summary>A worker was told to leave; a fresh process shall take its place.</summary>
    public const int Replaced = 4;

    /// <summary>Interrupted at once, by a second Ctrl-C; of a child: ended by SIGINT, before it caught it.</summary>
    public const int Interrupted = 130;

    /// <summary>Added to the signal's number when a process was ended by a signal.</summary>
    private const int SignalBase = 128;

    /// <summary>What an exit code means, in words for a person.</summary>
    public static string Describe(int exitCode) => exitCode switch
    {
        Done => "ended",
        Failed => "failed (exit code 1)",
        Refused => "refused to start (exit code 2)",
        Unreachable => "could not reach the coordinator (exit code 3)",
        Replaced => "was told to leave (exit code 4)",
        SignalBase + 6 => "was ended by signal 6 (abort)",
        SignalBase + 9 => "was killed (signal 9)",
        SignalBase + 11 => "was ended by signal 11 (segmentation fault)",
        SignalBase + 15 => "was ended by signal 15 (terminate)",
        > SignalBase => $"was ended by signal {exitCode - SignalBase}",
        _ => $"ended with exit code {exitCode}",
    };
}
