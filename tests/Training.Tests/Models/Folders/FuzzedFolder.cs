using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Models.Adapters;

namespace Distributed.Training.Tests.Models.Folders;

/// <summary>A folder that a test damages and loads: a model's, or that of an adapter on an intact base.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Base">The adapter's base; null: the folder is a model.</param>
internal sealed record FuzzedFolder(string Path, string? Base = null)
{
    private static readonly string[] Models =
    [
        "families/bert-variants/dense", "families/bert-variants/prompts", "families/bert-variants/several-poolings", "families/bert-variants/sharded", "families/roberta",
        "families/xlm-r", "families/mpnet", "families/distilbert", "families/modernbert",
    ];

    // vocab.txt; vocab.json and merges.txt; sentencepiece.bpe.model.
    private static readonly string[] OlderModels = ["encoder/mini-mean", "families/roberta", "families/xlm-r"];

    private static readonly string[] Bases = ["encoder/mini-mean", "families/bert-variants/dense", "families/xlm-r"];

    /// <summary>Its files before the damage.</summary>
    public SortedDictionary<string, byte[]> Intact { get; } = ModelFolderFiles.Of(Path);

    /// <summary>Bytes of weights that are read with it.</summary>
    public long WeightBytes => WeightsIn(Path) + (Base is null ? 0 : WeightsIn(Base));

    /// <summary>Every kind of folder, copied into a temporary one.</summary>
    public static FuzzedFolder[] All(TemporaryFolder folder) =>
    [
        .. Models.Select(name => new FuzzedFolder(folder.Copy(Stored(name), $"model {name}"))),
        .. OlderModels.Select(name => new FuzzedFolder(WithoutTokenizerFile(folder.Copy(Stored(name), $"older {name}")))),
        .. Bases.Select(name => new FuzzedFolder(SavedAdapter(Stored(name), folder.PathOf($"adapter {name}")), Stored(name))),
    ];

    /// <summary>Loads it.</summary>
    public EmbeddingModel Load() => Base is null ? EmbeddingModel.Load(Path) : EmbeddingModel.Load(Base, new ModelOptions { Adapter = Path });

    private static long WeightsIn(string folder) => new DirectoryInfo(folder).EnumerateFiles("*.safetensors").Sum(file => file.Length);

    private static string Stored(string name)
        => ReferenceData.PathOf([.. name.Split('/'), .. name.StartsWith("families/", StringComparison.Ordinal) ? ["model"] : Array.Empty<string>()]);

    private static string WithoutTokenizerFile(string folder)
    {
        File.Delete(System.IO.Path.Combine(folder, "tokenizer.json"));
        return folder;
    }

    private static string SavedAdapter(string model, string folder)
    {
        using var loaded = EmbeddingModel.Load(model);
        loaded.Adapter = LoraAdapter.Create(loaded.Encoder, new LoraOptions { Rank = 2 }, seed: 5);
        loaded.SaveAdapter(folder, "", new BaseModel("base", null));
        File.Delete(System.IO.Path.Combine(folder, "README.md")); // which nobody reads
        return folder;
    }
}
