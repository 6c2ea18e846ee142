using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.Encoders.Bert;
using Distributed.Training.Models.Modules;
using Distributed.Training.Tokenization;
using Distributed.Training.Tokenization.Files;

namespace Distributed.Training.Models.Folders;

/// <summary>
/// The files of a model besides its weights and its card, by path in its folder. What a folder said goes back as it was read, but for what the job sets
/// instead and for the number format of the weights; what it lacked is written.
/// </summary>
internal sealed class FolderFiles
{
    private readonly string _folder;
    private readonly ModuleListing _listing;
    private readonly ImmutableSortedDictionary<string, byte[]>.Builder _files = ImmutableSortedDictionary.CreateBuilder<string, byte[]>(StringComparer.Ordinal);

    private FolderFiles(string folder, ModuleListing listing) => (_folder, _listing) = (folder, listing);

    /// <summary>The files of a loaded model.</summary>
    /// <param name="folder">Where it was read from.</param>
    /// <param name="listing">Its modules.</param>
    /// <param name="transformer">What it says of its transformer.</param>
    /// <param name="stated">What it says besides.</param>
    /// <param name="settings">The same with what the job sets instead.</param>
    /// <param name="config">Shape of the encoder.</param>
    /// <param name="configFile">The file that says it.</param>
    public static ImmutableSortedDictionary<string, byte[]> Of(
        string folder, ModuleListing listing, TransformerSettings transformer, EmbeddingSettings stated, EmbeddingSettings settings, EncoderConfig config,
        JsonFile configFile)
    {
        var files = new FolderFiles(folder, listing);
        files.AddTokenizer(settings.MaxTokens, configFile.Text("model_type"));
        files.AddModules(stated, settings);
        files.AddPooling(stated.Pooling, settings.Pooling, config.HiddenSize);
        files.AddTransformer(transformer, stated, settings);
        files.Keep(ModelFiles.SentenceTransformersFile, FolderJson.NoPrompts);
        files.AddConfig(files.OfEncoder(ModelFiles.ConfigFile), configFile.Path);
        return files._files.ToImmutable();
    }

    /// <summary>The files of a new model.</summary>
    public static ImmutableSortedDictionary<string, byte[]> New(BertConfig config, WordPieceTokenizer tokenizer, EmbeddingSettings settings)
    {
        var modules = FolderJson.Modules(settings);
        return TokenizerWriter.Files(tokenizer, settings.MaxTokens)
            .SetItem(ModelFiles.ConfigFile, ModelJson.Bytes(config.ToJson()))
            .SetItem(ModelFiles.SentenceTransformersFile, ModelJson.Bytes(FolderJson.NoPrompts()))
            .SetItem(ModuleListing.FileName, ModelJson.Bytes(modules))
            .SetItem(TransformerSettings.FileName, ModelJson.Bytes(FolderJson.Transformer(settings)))
            .SetItem($"{ModuleListing.PoolingFolder}/{ModelFiles.ConfigFile}", ModelJson.Bytes(FolderJson.Pooling(settings.Pooling, config.HiddenSize)))
            .SetItems(settings.Modules.Select(module => KeyValuePair.Create(ConfigOf(module), ModelJson.Bytes(FolderJson.Normalize(modules)))));
    }

    private static string ConfigOf(ModuleSpec module) => $"{module.Path}/{ModelFiles.ConfigFile}";

    private string OfEncoder(string file) => _listing.Transformer.Length == 0 ? file : $"{_listing.Transformer}/{file}";

    private void AddTokenizer(int maxTokens, string? modelType)
    {
        foreach (var file in TokenizerFiles.All.Select(OfEncoder).Where(file => File.Exists(Path.Combine(_folder, file))))
            _files[file] = ModelBytes.Read(Path.Combine(_folder, file));
        foreach (var (file, content) in TokenizerFolder.MissingFiles(Path.Combine(_folder, _listing.Transformer), maxTokens, modelType))
            _files.TryAdd(OfEncoder(file), content);
    }

    private void AddModules(EmbeddingSettings stated, EmbeddingSettings settings)
    {
        Keep(ModuleListing.FileName, () => FolderJson.Modules(settings));
        if (_listing.IsStored && settings.Modules.Length != stated.Modules.Length)
        {
            Edit<JsonArray>(ModuleListing.FileName, list =>
            {
                while (list.Count > settings.Modules.Length + 2)
                    list.RemoveAt(list.Count - 1);
                foreach (var module in settings.Modules.Skip(stated.Modules.Length))
                    FolderJson.Append(list, module);
            });
        }

        foreach (var module in settings.Modules)
            Keep(ConfigOf(module), () => FolderJson.Normalize(JsonNode.Parse(_files[ModuleListing.FileName])!.AsArray()));
    }

    private void AddPooling(PoolingSpec stated, PoolingSpec pooling, int hiddenSize)
    {
        var file = $"{_listing.Pooling.Path}/{ModelFiles.ConfigFile}".TrimStart('/');
        if (!_listing.IsStored)
        {
            _files[file] = ModelJson.Bytes(FolderJson.Pooling(pooling, hiddenSize));
            return;
        }

        Keep(file, () => FolderJson.Pooling(pooling, hiddenSize));
        if (!pooling.Modes.SequenceEqual(stated.Modes))
            Edit<JsonObject>(file, json => FolderJson.SetPooling(json, pooling.Modes[0]));
    }

    private void AddTransformer(TransformerSettings transformer, EmbeddingSettings stated, EmbeddingSettings settings)
    {
        var file = OfEncoder(transformer.File);
        Keep(file, () => FolderJson.Transformer(settings));
        if (!transformer.IsStored || settings.MaxTokens == stated.MaxTokens)
            return;
        if (transformer.StatesLength || !_files.ContainsKey(OfEncoder(TokenizerFiles.Settings)))
            Edit<JsonObject>(file, json => json["max_seq_length"] = settings.MaxTokens);
        else
            Edit<JsonObject>(OfEncoder(TokenizerFiles.Settings), json => json["model_max_length"] = settings.MaxTokens);
    }

    // Python would run the encoder in the type named here, whatever the weights are.
    private void AddConfig(string file, string source)
    {
        _files[file] = ModelBytes.Read(source);
        Edit<JsonObject>(file, config =>
        {
            foreach (var key in (ReadOnlySpan<string>)["dtype", "torch_dtype"])
            {
                if (config[key] is { } type && type.ToJsonString() != "\"float32\"")
                    config[key] = "float32";
            }
        });
    }

    private void Keep(string file, Func<JsonNode> otherwise)
    {
        var path = Path.Combine(_folder, file);
        _files[file] = File.Exists(path) ? ModelBytes.Read(path) : ModelJson.Bytes(otherwise());
    }

    // A file that the change leaves as it is keeps its bytes.
    private void Edit<T>(string file, Action<T> change)
        where T : JsonNode
    {
        var json = JsonNode.Parse(_files[file])!;
        var unchanged = json.DeepClone();
        change((T)json);
        if (!JsonNode.DeepEquals(json, unchanged))
            _files[file] = ModelJson.Bytes(json);
    }
}
