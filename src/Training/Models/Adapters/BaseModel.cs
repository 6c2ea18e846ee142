using Distributed.Jobs;

namespace Distributed.Training.Models.Adapters;

/// <summary>What an adapter was trained on, as its adapter_config.json names it.</summary>
/// <param name="Name">A folder, or the name of a model of the hub.</param>
/// <param name="Revision">Commit, tag or branch of a model of the hub; null: its default branch, or a folder.</param>
public sealed record BaseModel(string Name, string? Revision)
{
    private const string CachePrefix = "models--";
    private const string CacheSeparator = "--";

    /// <summary>The model that a job starts from. A folder of the hub's cache is the model that it was fetched as: its path means nothing on another machine.</summary>
    /// <exception cref="ArgumentException">The job starts from a new model.</exception>
    public static BaseModel Of(ModelOptions model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Hub is { } hub && HubId.TryParse(hub, out var id))
            return Of(id);
        var folder = model.Folder ?? throw new ArgumentException("a new model has no base", nameof(model));
        return Cached(folder) is { } cached ? Of(cached) : new BaseModel(folder, Revision: null);
    }

    private static BaseModel Of(HubId id) => new(id.Repository, id.Revision == HubId.DefaultRevision ? null : id.Revision);

    // …/models--org--name/snapshots/commit
    private static HubId? Cached(string folder) =>
        Path.TrimEndingDirectorySeparator(folder).Split(Path.DirectorySeparatorChar) is [.., var repository, "snapshots", var commit]
            && repository.StartsWith(CachePrefix, StringComparison.Ordinal)
            && HubId.TryParse($"{repository[CachePrefix.Length..].Replace(CacheSeparator, "/", StringComparison.Ordinal)}@{commit}", out var id)
            && id.IsCommit
            ? id
            : null;
}
