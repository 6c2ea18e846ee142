using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Tokenization;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>A model folder in memory: encoder, tokenizer, settings. Tokenising is thread-safe, the encoder is not.</summary>
public sealed class EmbeddingModel : IDisposable
{
    /// <summary>Longest text of a new model, in tokens.</summary>
    public const int DefaultMaxTokens = 64;

    private readonly ITokenizer _tokenizer;
    private readonly EmbeddingSettings _settings;
    private readonly ImmutableSortedDictionary<string, byte[]> _files;
    private readonly ImmutableSortedDictionary<string, Tensor> _untrained;

    private EmbeddingModel(
        SentenceEncoder encoder,
        ITokenizer tokenizer,
        EmbeddingSettings settings,
        ImmutableSortedDictionary<string, byte[]> files,
        ImmutableSortedDictionary<string, Tensor> untrained)
    {
        Encoder = encoder;
        _tokenizer = tokenizer;
        _settings = settings;
        _files = files;
        _untrained = untrained;
    }

    /// <summary>The encoder with all trained parameters. Owned by the model.</summary>
    public SentenceEncoder Encoder { get; }

    /// <summary>Longest text in tokens, special tokens included.</summary>
    public int MaxTokens => _settings.MaxTokens;

    /// <summary>The prompt of queries, as the peer's encode_query takes it; "" where the model has none.</summary>
    public string QueryPrompt => _settings.Prompts.Query;

    /// <summary>The prompt of what is searched, as the peer's encode_document takes it; "" where the model has none.</summary>
    public string DocumentPrompt => _settings.Prompts.Document;

    /// <summary>Reads a Hugging Face or sentence-transformers folder. Weights of any floating-point type become float32.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="overrides">What the job sets instead of what the folder says.</param>
    /// <exception cref="ModelFormatException">Something is missing, damaged or not supported.</exception>
    public static EmbeddingModel Load(string folder, ModelOptions? overrides = null)
    {
        if (!Directory.Exists(folder))
            throw new ModelFormatException(folder, "no such folder");
        var encoderFolder = ModelFolder.EncoderFolder(folder);
        var json = JsonFile.Read(Path.Combine(encoderFolder, ModelFiles.ConfigFile));
        var family = EncoderFamily.Of(json);
        var config = family.Read(json).WithDropout(overrides?.Dropout);
        var settings = ModelFolder.Read(folder, config).With(overrides);
        var tokenizer = TokenizerFolder.Read(encoderFolder);
        CheckLength(folder, settings, config, tokenizer);
        if (tokenizer.Size > config.VocabularySize)
            throw new ModelFormatException(folder, $"the tokenizer has ids up to {tokenizer.Size - 1}, the encoder has {config.VocabularySize} embeddings");
        var weights = ModelFiles.FindWeights(encoderFolder);

        var encoder = new SentenceEncoder(config, settings.Pooling, settings.Normalizes);
        var untrained = CheckpointReader.Fill(encoder, weights, family);
        return new EmbeddingModel(encoder, tokenizer, settings, ModelFiles.Keep(folder, encoderFolder, tokenizer, settings.MaxTokens), untrained);
    }

    /// <summary>A model with random weights.</summary>
    /// <param name="options">The shape, in <see cref="ModelOptions.New"/>.</param>
    /// <param name="seed">Names the weights.</param>
    /// <exception cref="ModelFormatException">The vocabulary is missing or lacks a special token, or texts are longer than positions.</exception>
    public static EmbeddingModel Create(ModelOptions options, int seed)
    {
        var shape = options.New ?? throw new ArgumentException("no shape of a new model", nameof(options));
        var tokenizer = TokenizerFolder.FromVocabulary(shape.Vocabulary, shape.LowerCase);
        var config = BertConfig.From(shape, tokenizer);
        var settings = new EmbeddingSettings
        {
            Pooling = PoolingMode.Mean,
            Normalizes = false,
            MaxTokens = Math.Min(DefaultMaxTokens, shape.MaxPositions),
        }.With(options);
        CheckLength(shape.Vocabulary, settings, config, tokenizer);

        var encoder = new SentenceEncoder(config.WithDropout(options.Dropout), settings.Pooling, settings.Normalizes);
        BertInitializer.Fill(encoder.named_parameters(), seed);
        return new EmbeddingModel(
            encoder, tokenizer, settings, ModelFiles.New(config, tokenizer, settings.MaxTokens), ImmutableSortedDictionary<string, Tensor>.Empty);
    }

    /// <summary>What the model wants to read in front of a text, without a space of its own.</summary>
    /// <param name="name">Name of the prompt; null: that of texts which name none, which is "" in most models.</param>
    /// <exception cref="ModelFormatException">The model has no such prompt; the message has the names that it knows.</exception>
    public string Prompt(string? name) => name is null ? _settings.Prompts.Default : _settings.Prompts.Named(name);

    /// <summary>Token ids of a text, special tokens included, cut to <see cref="MaxTokens"/>. Thread-safe.</summary>
    public int[] Tokenize(string text) => Tokenize(text, "");

    /// <summary>The same with a prompt in front of the text, without a space of its own.</summary>
    public int[] Tokenize(string text, string prompt)
    {
        var whole = prompt + text;
        return _tokenizer.Encode(_settings.LowerCasesText ? whole.ToLowerInvariant() : whole, _settings.MaxTokens);
    }

    /// <summary>
    /// Writes a folder that sentence-transformers reads, float32 weights in it. It appears whole or not at all; one that is there already is replaced.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="modelCard">Content of README.md.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string folder, string modelCard)
        => ModelFiles.Write(folder, modelCard, _settings, Encoder.Dim, _files, WeightsToSave());

    /// <inheritdoc/>
    public void Dispose()
    {
        Encoder.Dispose();
        foreach (var tensor in _untrained.Values)
            tensor.Dispose();
    }

    private static void CheckLength(string path, EmbeddingSettings settings, EncoderConfig config, ITokenizer tokenizer)
    {
        if (settings.MaxTokens < tokenizer.SpecialTokens || settings.MaxTokens > config.LongestText)
            throw new ModelFormatException(path, $"texts of {settings.MaxTokens} tokens do not fit: {tokenizer.SpecialTokens} to {config.LongestText} are possible");
    }

    private IEnumerable<KeyValuePair<string, Tensor>> WeightsToSave()
        => Encoder.named_parameters().Select(pair => KeyValuePair.Create(pair.name, (Tensor)pair.parameter)).Concat(_untrained);
}
