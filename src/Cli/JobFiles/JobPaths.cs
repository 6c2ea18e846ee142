using System.Collections.Frozen;

namespace Distributed.Cli.JobFiles;

/// <summary>The keys of a job file whose values are paths.</summary>
internal static class JobPaths
{
    private static readonly FrozenSet<string> Keys =
    [
        "model.folder", "model.new.vocabulary", "data.train", "loss.assembly", "loss.guide", "evaluation.queries", "evaluation.corpus", "evaluation.relevance", "output.folder",
    ];

    /// <summary>Whether <paramref name="key"/> holds a path or a list of paths.</summary>
    public static bool Holds(string key) => Keys.Contains(key);
}
