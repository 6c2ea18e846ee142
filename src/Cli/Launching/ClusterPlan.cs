using System.Collections.Immutable;

namespace Distributed.Cli.Launching;

/// <summary>The processes of a run on this machine.</summary>
internal sealed record ClusterPlan
{
    /// <summary>The coordinator, without its addresses.</summary>
    public required ChildCommand Coordinator { get; init; }

    /// <summary>The workers by rank of their names, without the coordinator's address.</summary>
    public required ImmutableArray<ChildCommand> Workers { get; init; }

    /// <summary>The run's folder, where the coordinator says where it listens.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>How long workers that were in a generation may take to end by themselves once the coordinator has ended in peace.</summary>
    public TimeSpan OwnEndLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The real programs for a job of <paramref name="workers"/> workers.</summary>
    public static ClusterPlan ForJob(string programFolder, string jobFile, string outputFolder, int workers)
    {
        var worker = ProgramLocator.Find(programFolder, "Worker");
        return new ClusterPlan
        {
            // One worker is enough to go on with: the others come back while it works.
            Coordinator = ProgramLocator.Find(programFolder, "Coordinator")
                .With("--job", jobFile, "--workers", $"{workers}", "--min-workers", "1", "--lifeline"),
            Workers = [.. Enumerable.Range(0, workers).Select(i => worker.With("run", "--job", jobFile, "--id", $"worker-{i}", "--lifeline"))],
            OutputFolder = outputFolder,
        };
    }
}
