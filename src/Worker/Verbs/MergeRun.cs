using Distributed.Hub;
using Distributed.Jobs;
using Distributed.Training.Evaluation;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using Distributed.Worker.Verbs.Models;

namespace Distributed.Worker.Verbs;

/// <summary>Loads model and adapter, and saves both as one model.</summary>
internal static class MergeRun
{
    /// <summary>Does it.</summary>
    public static async Task RunAsync(ModelSource models, string baseModel, string adapterFolder, string output, CancellationToken cancellationToken)
    {
        if (Path.Exists(output))
            throw new VerbException($"{output}: it exists already and is not overwritten");
        var name = ModelName.HubIdOf(baseModel)?.Repository ?? Name(baseModel);
        Merge(await models.FolderAsync(baseModel, cancellationToken), name, adapterFolder, output);
    }

    private static void Merge(string baseFolder, string baseName, string adapterFolder, string output)
    {
        TorchRuntime.Initialize(VerbOptions.DefaultThreads);
        using var numerics = FinalizerGate.Close();
        using var model = EmbeddingModel.Load(baseFolder, new ModelOptions { Adapter = adapterFolder });
        model.Save(output, MergedModelCard.Render(new MergedModelFacts
        {
            Name = Name(output),
            BaseModel = baseName,
            Adapter = Name(adapterFolder),
            License = MergedModelCard.LicenseOf(baseFolder),
            Dim = model.Encoder.Dim,
            MaxTokens = model.MaxTokens,
            Poolings = model.Encoder.Poolings,
            Prompts = [.. model.Prompts],
            Normalize = model.Encoder.Normalizes,
            Parameters = model.WeightCount,
        }));
    }

    private static string Name(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
}
