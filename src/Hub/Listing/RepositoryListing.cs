using System.Collections.Frozen;
using System.Text.Json;
using Distributed.Jobs;

namespace Distributed.Hub.Listing;

/// <summary>The files of a repository at a commit.</summary>
/// <param name="Commit">The commit's hash.</param>
/// <param name="Files">Their names; those that no file of a model can have are left out.</param>
internal sealed record RepositoryListing(string Commit, FrozenSet<string> Files)
{
    private const int MaxFiles = 200_000;

    /// <summary>Reads the hub's answer.</summary>
    /// <exception cref="HubException">It is something else.</exception>
    public static RepositoryListing Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = SmallJson.Parse(json);
            var commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            var files = document.RootElement.GetProperty("siblings");
            if (!HubId.IsCommitHash(commit) || files.GetArrayLength() > MaxFiles)
                throw new HubException(HubError.BadAnswer, "the hub's list of files names no commit, or too many files");
            return new(commit, files.EnumerateArray().Select(file => file.GetProperty("rfilename").GetString() ?? "").Where(RepositoryPath.IsSafe).ToFrozenSet(StringComparer.Ordinal));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new HubException(HubError.BadAnswer, "the hub's list of files is not what it should be", exception);
        }
    }
}
