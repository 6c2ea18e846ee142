using Distributed.Jobs;
using Distributed.Training.Models;
using Distributed.Training.Runtime;

namespace Distributed.Worker.Verbs;

/// <summary>Loads model and adapter, and saves both as one model.</summary>
internal static class MergeRun
{
    /// <summary>Does it.</summary>
    public static void Run(string baseFolder, string adapterFolder, string output)
    {
        if (Path.Exists(output))
            throw new VerbException($"{output}: it exists already and is not overwritten");
        TorchRuntime.Initialize(VerbOptions.DefaultThreads);
        using var numerics = FinalizerGate.Close();
        using var model = EmbeddingModel.Load(baseFolder, new ModelOptions { Adapter = adapterFolder });
        model.Save(output, Card(Name(output), Name(baseFolder), Name(adapterFolder)));
    }

    private static string Name(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static string Card(string name, string baseModel, string adapter) =>
        $"""
        ---
        library_name: sentence-transformers
        pipeline_tag: sentence-similarity
        tags:
        - sentence-transformers
        - sentence-similarity
        - feature-extraction
        base_model: "{baseModel.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}"
        ---

        # {name}

        `{baseModel}` with the LoRA adapter `{adapter}` added to its weights.

        """.ReplaceLineEndings("\n");
}
