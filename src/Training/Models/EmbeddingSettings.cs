using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.Folders;
using Distributed.Training.Models.Modules;
using Distributed.Training.Tokenization;

namespace Distributed.Training.Models;

/// <summary>What a sentence-transformers folder says besides the encoder itself.</summary>
internal sealed record EmbeddingSettings
{
    /// <summary>How token states become one embedding.</summary>
    public required PoolingSpec Pooling { get; init; }

    /// <summary>What happens to the embedding then.</summary>
    public ImmutableArray<ModuleSpec> Modules { get; init; } = [];

    /// <summary>Longest text in tokens, special tokens included.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Whether the text is lower-cased before the tokenizer cuts it, but for typed special tokens.</summary>
    public bool LowerCasesText { get; init; }

    /// <summary>What stands in front of texts, by name.</summary>
    public ModelPrompts Prompts { get; init; } = ModelPrompts.None;

    /// <summary>Components of an embedding that are kept in encoding, the first ones; null: all. Training has all.</summary>
    public int? TruncateDim { get; init; }

    /// <summary>Whether the last module scales embeddings to length 1.</summary>
    public bool Normalizes => Modules is [.., NormalizeSpec];

    /// <summary>The settings of a folder.</summary>
    /// <exception cref="ModelFormatException">A file is damaged, or asks for what is not supported.</exception>
    public static EmbeddingSettings Read(string folder, ModuleListing listing, TransformerSettings transformer)
    {
        var model = JsonFile.ReadIfExists(Path.Combine(folder, ModelFiles.SentenceTransformersFile));
        return new EmbeddingSettings
        {
            Pooling = listing.IsStored ? ModuleReader.Pooling(Path.Combine(folder, listing.Pooling.Path, ModelFiles.ConfigFile)) : PoolingSpec.Mean,
            Modules = [.. listing.Others.Select(entry => ModuleReader.Read(folder, entry))],
            MaxTokens = transformer.MaxTokens,
            LowerCasesText = transformer.LowerCases,
            Prompts = ModelPrompts.Read(folder, model),
            TruncateDim = model?.Size("truncate_dim"),
        };
    }

    /// <summary>The same with what the job sets instead.</summary>
    public EmbeddingSettings With(ModelOptions? overrides) => overrides is null ? this : this with
    {
        Pooling = overrides.Pooling is { } mode ? Pooling with { Modes = [mode] } : Pooling,
        Modules = [.. Normalizing(overrides.Normalize).Select(module => overrides.Dropout is { } dropout ? module.WithDropout(dropout) : module)],
        MaxTokens = overrides.MaxTokens ?? MaxTokens,
    };

    /// <summary>Refuses a text length that the encoder cannot take, or that has no room for a text.</summary>
    /// <exception cref="ModelFormatException">It is one.</exception>
    public void CheckLength(string path, EncoderConfig config, ITokenizer tokenizer)
    {
        if (MaxTokens < tokenizer.SpecialTokens || MaxTokens > config.LongestText)
            throw new ModelFormatException(path, $"texts of {MaxTokens} tokens do not fit: {tokenizer.SpecialTokens} to {config.LongestText} are possible");
    }

    /// <summary>Refuses a module whose input is not as wide as what comes before it.</summary>
    /// <exception cref="ModelFormatException">There is one.</exception>
    public void CheckWidths(string folder, EncoderConfig config)
    {
        var width = Pooling.Outputs(config.HiddenSize);
        foreach (var module in Modules)
        {
            if (module.Inputs is { } inputs && inputs != width)
                throw new ModelFormatException(Path.Combine(folder, module.Path, ModelFiles.ConfigFile), $"the module takes {inputs} numbers, what comes before it gives {width}");
            width = module.Outputs(width);
        }
    }

    private ImmutableArray<ModuleSpec> Normalizing(bool? normalizes)
    {
        if (normalizes is null || normalizes == Normalizes)
            return Modules;
        return normalizes.Value
            ? Modules.Add(new NormalizeSpec { Path = FreeFolder($"{Modules.Length + 2}_Normalize") })
            : [.. Modules.Reverse().SkipWhile(module => module is NormalizeSpec).Reverse()];
    }

    private string FreeFolder(string name) => Modules.Any(module => module.Path == name) ? FreeFolder(name + "_") : name;
}
