using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Training.Models.Adapters;
using Distributed.Training.Models.Encoders.Bert;
using Distributed.Training.Models.Folders;
using Distributed.Training.Models.Modules;
using Distributed.Training.Optimization;
using Distributed.Training.Tokenization;
using TorchSharp.Modules;
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
    private readonly string _transformerPath;
    private BFloat16Copy? _copy;

    private EmbeddingModel(
        SentenceEncoder encoder,
        ITokenizer tokenizer,
        EmbeddingSettings settings,
        ImmutableSortedDictionary<string, byte[]> files,
        string transformerPath,
        ImmutableSortedDictionary<string, Tensor> untrained)
    {
        Encoder = encoder;
        _tokenizer = tokenizer;
        _settings = settings;
        _files = files;
        _transformerPath = transformerPath;
        _untrained = untrained;
    }

    /// <summary>The encoder with all parameters, trained or frozen. Owned by the model.</summary>
    public SentenceEncoder Encoder { get; }

    /// <summary>Longest text in tokens, special tokens included.</summary>
    public int MaxTokens => _settings.MaxTokens;

    /// <summary>Width of an embedding in encoding: the encoder's, or what the model cuts it to (Matryoshka). In training embeddings are not cut.</summary>
    public int Dim => Math.Min(_settings.TruncateDim ?? int.MaxValue, Encoder.Dim);

    /// <summary>The prompts that are not empty, by name.</summary>
    public IEnumerable<KeyValuePair<string, string>> Prompts => _settings.Prompts.Texts.Where(prompt => prompt.Value.Length > 0);

    /// <summary>The prompt of queries, as the peer's encode_query takes it; "" where the model has none.</summary>
    public string QueryPrompt => _settings.Prompts.Query;

    /// <summary>The prompt of what is searched, as the peer's encode_document takes it; "" where the model has none.</summary>
    public string DocumentPrompt => _settings.Prompts.Document;

    /// <summary>Number of weights, those of adapters apart.</summary>
    public long WeightCount => Encoder.named_parameters().Where(entry => !entry.name.Contains(".lora_", StringComparison.Ordinal)).Sum(entry => entry.parameter.numel());

    /// <summary>The adapters on the encoder; null: none.</summary>
    internal LoraAdapter? Adapter { get; set; }

    /// <summary>Reads a Hugging Face or sentence-transformers folder. Weights of any floating-point type become float32.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="overrides">
    /// What the job sets instead of what the folder says, and the adapter that it goes on with: see <see cref="ModelOptions.Adapter"/>. Settings and modules that
    /// lie with the adapter come before those of the folder.
    /// </param>
    /// <exception cref="ModelFormatException">Something is missing, damaged or not supported.</exception>
    public static EmbeddingModel Load(string folder, ModelOptions? overrides = null)
    {
        var model = Load(FolderContents.Read(folder, overrides));
        try
        {
            if (overrides?.Adapter is { } adapter)
                model.LoadAdapter(adapter);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
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
            Pooling = PoolingSpec.Mean,
            MaxTokens = Math.Min(DefaultMaxTokens, shape.MaxPositions),
        }.With(options);
        settings.CheckLength(shape.Vocabulary, config, tokenizer);

        var encoder = new SentenceEncoder(config.WithDropout(options.Dropout), settings.Pooling, settings.Modules);
        BertInitializer.Fill(encoder.named_parameters(), seed);
        return new EmbeddingModel(
            encoder, tokenizer, settings, FolderFiles.New(config, tokenizer, settings), transformerPath: "", ImmutableSortedDictionary<string, Tensor>.Empty);
    }

    /// <summary>What the model wants to read in front of a text, without a space of its own.</summary>
    /// <param name="name">Name of the prompt; null: that of texts which name none, which is "" in most models.</param>
    /// <exception cref="ModelFormatException">The model has no such prompt; the message has the names that it knows.</exception>
    public string Prompt(string? name) => name is null ? _settings.Prompts.Default : _settings.Prompts.Named(name);

    /// <summary>The prompt that a job asks for: a text, or one of the model's by its name.</summary>
    /// <exception cref="ModelFormatException">The model has no such prompt; the message has the names that it knows.</exception>
    public string Prompt(PromptOptions prompt) => prompt.Text ?? Prompt(prompt.Name);

    /// <summary>The prompt of a name; "" where the model has none of this name.</summary>
    internal string PromptOrNone(string name) => _settings.Prompts.Texts.GetValueOrDefault(name, "");

    /// <summary>Token ids of a text, special tokens included, cut to <see cref="MaxTokens"/>. Thread-safe.</summary>
    public int[] Tokenize(string text) => Tokenize(text, "");

    /// <summary>The same with a prompt in front of the text, without a space of its own.</summary>
    public int[] Tokenize(string text, string prompt) => _tokenizer.Encode(prompt + text, _settings.MaxTokens);

    /// <summary>
    /// How many tokens at the front of every text with this prompt the model leaves out of its pooling, for <see cref="EncoderInput"/>: 0 in most models.
    /// Otherwise as many as the prompt has by itself, the special token at its front included, which may be one more than it has in front of a text.
    /// </summary>
    public int TokensNotPooled(string prompt)
    {
        if (_settings.Pooling.IncludesPrompt || prompt.Length == 0)
            return 0;
        var (alone, empty) = (Tokenize(prompt), Tokenize(""));
        return empty.Length > 0 && alone[^1] == empty[^1] ? alone.Length - 1 : alone.Length;
    }

    /// <summary>
    /// Writes a folder that sentence-transformers reads, float32 weights in it. It appears whole or not at all; one that is there already is replaced.
    /// </summary>
    /// <remarks>What adapters add is added to the weights that are written; the model itself stays as it is.</remarks>
    /// <param name="folder">The folder.</param>
    /// <param name="modelCard">Content of README.md.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string folder, string modelCard)
        => ModelFiles.Write(folder, modelCard, _files, [.. Weights()]);

    /// <summary>Puts a LoRA adapter on the encoder, and freezes what is below it.</summary>
    /// <param name="folder">A folder in PEFT's format.</param>
    /// <exception cref="ModelFormatException">It holds no adapter that can be read, or one for another encoder.</exception>
    internal void LoadAdapter(string folder) => Adapter = AdapterFolder.Read(folder, Encoder);

    /// <summary>Writes the adapters alone, in PEFT's format, in a folder that sentence-transformers reads where it has PEFT and the base model.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="modelCard">Content of README.md.</param>
    /// <param name="baseModel">The base model; an adapter that was read keeps the one it names.</param>
    /// <exception cref="InvalidOperationException">The model has no adapter.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void SaveAdapter(string folder, string modelCard, BaseModel baseModel)
    {
        var adapter = Adapter ?? throw new InvalidOperationException("The model has no adapter.");
        var files = AdapterFiles.Of(_files, _transformerPath).SetItem(InTransformer(AdapterConfigFile.Name), AdapterFolder.ConfigOf(adapter, Encoder, baseModel));
        var matrices = new SavedWeights(InTransformer(AdapterFolder.WeightsFile), AdapterFolder.Matrices(adapter), Metadata: null);
        ModelFiles.Write(folder, modelCard, files, [matrices, .. WeightsOfModules()]);
    }

    /// <summary>
    /// Keeps a bfloat16 copy of the linear maps' weights, for a model that is no longer trained: products in bfloat16 then do not cast the weights in every pass.
    /// The bits are the same.
    /// </summary>
    public void KeepBFloat16() => _copy ??= new BFloat16Copy(Encoder, parameters: null);

    /// <inheritdoc/>
    public void Dispose()
    {
        _copy?.Dispose();
        Encoder.Dispose();
        foreach (var tensor in _untrained.Values)
            tensor.Dispose();
    }

    private static EmbeddingModel Load(FolderContents contents)
    {
        var encoder = new SentenceEncoder(contents.Config, contents.Settings.Pooling, contents.Settings.Modules);
        try
        {
            ModuleWeights.Fill(encoder, contents.SettingsFolder, contents.Settings.Modules);
            var untrained = CheckpointReader.Fill(encoder, contents.WeightsPath, contents.Family);
            return new EmbeddingModel(encoder, contents.Tokenizer, contents.Settings, contents.Files, contents.TransformerPath, untrained);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    private string InTransformer(string file) => Path.Combine(_transformerPath, file);

    private IEnumerable<SavedWeights> Weights()
        => WeightsOfModules().Prepend(SavedWeights.OfTransformer(_transformerPath, MergedWeights.Of(Encoder, Adapter).Concat(_untrained)));

    private IEnumerable<SavedWeights> WeightsOfModules()
        => _settings.Modules.Zip(Encoder.ModuleParameters)
            .Where(module => module.First.Parameters.Length > 0)
            .Select(module => SavedWeights.OfModule(module.First.Path, Named(module.Second)));

    private static IEnumerable<KeyValuePair<string, Tensor>> Named(IEnumerable<(string Name, Parameter Parameter)> parameters)
        => parameters.Select(pair => KeyValuePair.Create(pair.Name, (Tensor)pair.Parameter));
}
