using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Training.Models;

namespace Distributed.Training.Steps;

/// <summary>The frozen models that a job's losses name as guides: each folder is loaded once.</summary>
public sealed class GuideModels : IDisposable
{
    private readonly ImmutableDictionary<string, EmbeddingModel> _byFolder;

    private GuideModels(ImmutableDictionary<string, EmbeddingModel> byFolder) => _byFolder = byFolder;

    /// <summary>No guide: for jobs whose losses name none.</summary>
    public static GuideModels None { get; } = new(ImmutableDictionary<string, EmbeddingModel>.Empty);

    /// <summary>Loads the guides of <paramref name="job"/>.</summary>
    /// <exception cref="ModelFormatException">A folder holds no model that can be read.</exception>
    public static GuideModels Load(Job job) =>
        new(job.Datasets.Select(dataset => FolderOf(dataset.Loss)).OfType<string>().Distinct().ToImmutableDictionary(folder => folder, folder => Load(folder, job.Precision)));

    /// <summary>The guide of a loss; null: it names none.</summary>
    internal EmbeddingModel? Of(LossOptions loss) => FolderOf(loss) is { } folder ? _byFolder[folder] : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in _byFolder.Values)
            model.Dispose();
    }

    private static EmbeddingModel Load(string folder, Precision precision)
    {
        var guide = EmbeddingModel.Load(folder);
        if (precision == Precision.BFloat16)
            guide.KeepBFloat16();
        return guide;
    }

    private static string? FolderOf(LossOptions loss) => (loss as RankingLossOptions)?.Guide;
}
