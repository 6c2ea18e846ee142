using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Training.Models.Adapters;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Tokenization;

namespace Distributed.Training.Models.Folders;

/// <summary>What a model folder holds besides the weights, read and found to fit together.</summary>
internal sealed record FolderContents
{
    /// <summary>The family of its encoder.</summary>
    public required EncoderFamily Family { get; init; }

    /// <summary>Shape of the encoder.</summary>
    public required EncoderConfig Config { get; init; }

    /// <summary>Pooling, modules, lengths, prompts, with what the job sets instead.</summary>
    public required EmbeddingSettings Settings { get; init; }

    /// <summary>The tokenizer.</summary>
    public required ITokenizer Tokenizer { get; init; }

    /// <summary>Where all but the transformer's shape and weights was read from: the model's folder, or its adapter's.</summary>
    public required string SettingsFolder { get; init; }

    /// <summary>Folder of the transformer inside the model's folder: empty but in the oldest models.</summary>
    public required string TransformerPath { get; init; }

    /// <summary>The weights of the transformer.</summary>
    public required string WeightsPath { get; init; }

    /// <summary>The files to write when the model is saved.</summary>
    public required ImmutableSortedDictionary<string, byte[]> Files { get; init; }

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="overrides">What the job sets instead of what the folder says.</param>
    /// <exception cref="ModelFormatException">Something is missing, damaged or not supported.</exception>
    public static FolderContents Read(string folder, ModelOptions? overrides)
    {
        if (!Directory.Exists(folder))
            throw new ModelFormatException(folder, $"no such folder{HubNames(folder)}");
        var encoderFolder = Path.Combine(folder, ModuleListing.Read(folder).Transformer);
        AdapterFolder.RefuseAsModel(encoderFolder);
        var settingsFolder = AdapterFolder.SettingsFolder(folder, overrides?.Adapter);
        var listing = ModuleListing.Read(settingsFolder);
        var textFolder = Path.Combine(settingsFolder, listing.Transformer);
        var json = JsonFile.Read(Path.Combine(encoderFolder, ModelFiles.ConfigFile));
        var family = EncoderFamily.Of(json);
        var config = family.Read(json).WithDropout(overrides?.Dropout);
        var transformer = TransformerSettings.Read(textFolder, config);
        var stated = EmbeddingSettings.Read(settingsFolder, listing, transformer);
        var settings = stated.With(overrides);
        var tokenizer = TokenizerFolder.Read(textFolder, settings.LowerCasesText, family.ModelType);
        settings.CheckLength(settingsFolder, config, tokenizer);
        if (tokenizer.Size > config.VocabularySize)
            throw new ModelFormatException(settingsFolder, $"the tokenizer has ids up to {tokenizer.Size - 1}, the encoder has {config.VocabularySize} embeddings");

        var weights = ModelFiles.FindWeights(encoderFolder);
        settings.CheckWidths(settingsFolder, config);
        ModuleWeights.Check(settingsFolder, settings.Modules);
        return new FolderContents
        {
            Family = family,
            Config = config,
            Settings = settings,
            Tokenizer = tokenizer,
            SettingsFolder = settingsFolder,
            TransformerPath = listing.Transformer,
            WeightsPath = weights,
            Files = FolderFiles.Of(settingsFolder, listing, transformer, stated, settings, config, json),
        };
    }

    // A name without its owner is no id of the hub, and is taken for a folder.
    private static string HubNames(string folder)
    {
        var guess = $"sentence-transformers/{folder}";
        return HubId.TryParse(guess, out _) ? $"; names of the hub's models have two parts: {guess}?" : "";
    }
}
