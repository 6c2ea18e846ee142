using System.Collections.Immutable;
using Distributed.Cli.JobFiles;
using Distributed.Hub;

namespace Distributed.Cli.Commands;

/// <summary>What the command line of `distributed train` says.</summary>
internal sealed record TrainRequest
{
    /// <summary>The job file, as it was typed.</summary>
    public required string JobFile { get; init; }

    /// <summary>Keys that get another value than the file's, in the order in which they are set.</summary>
    public ImmutableArray<JobOverride> Overrides { get; init; } = [];

    /// <summary>Whether an earlier run in the output folder is deleted.</summary>
    public bool IsFresh { get; init; }

    /// <summary>Folder beside which the other programs lie.</summary>
    public required string ProgramFolder { get; init; }

    /// <summary>The words that start this program, for commands that are suggested.</summary>
    public required ImmutableArray<string> OwnName { get; init; }

    /// <summary>Where a model comes from that the job names by its id.</summary>
    public required HubOptions Hub { get; init; }
}
