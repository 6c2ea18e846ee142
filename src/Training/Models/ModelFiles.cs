using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distributed.Jobs;
using Distributed.Training.Models.Encoders.Bert;
using Distributed.Training.Safetensors;
using Distributed.Training.Tokenization;
using Distributed.Training.Tokenization.Files;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>
/// Writes model folders. What a folder said that training does not change (config.json, tokenizer, prompts) is written back as it was read;
/// modules, pooling and text length are written in the older spelling, which every version of sentence-transformers reads.
/// </summary>
internal static class ModelFiles
{
    /// <summary>Shape of the encoder.</summary>
    public const string ConfigFile = "config.json";

    /// <summary>Weights of the encoder.</summary>
    public const string WeightsFile = "model.safetensors";

    /// <summary>Prompts and the similarity function.</summary>
    public const string SentenceTransformersFile = "config_sentence_transformers.json";
    private const string PoolingFolder = "1_Pooling";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>The weights file of an encoder's folder, or the index of several.</summary>
    /// <exception cref="ModelFormatException">There is none, or one of another form.</exception>
    public static string FindWeights(string encoderFolder)
    {
        string[] forms = [WeightsFile, $"{WeightsFile}.index.json"];
        if (forms.Select(file => Path.Combine(encoderFolder, file)).FirstOrDefault(File.Exists) is { } found)
            return found;
        var isPickled = File.Exists(Path.Combine(encoderFolder, "pytorch_model.bin"));
        throw new ModelFormatException(encoderFolder, $"no {WeightsFile}{(isPickled ? "; pickled weights (pytorch_model.bin) are not supported" : "")}");
    }

    /// <summary>Contents, by name, of the files of a folder that are written back unchanged.</summary>
    public static ImmutableSortedDictionary<string, byte[]> Keep(string folder, string encoderFolder, int maxTokens)
    {
        var files = TokenizerFolder.Files
            .Where(file => File.Exists(Path.Combine(encoderFolder, file)))
            .ToImmutableSortedDictionary(file => file, file => File.ReadAllBytes(Path.Combine(encoderFolder, file)), StringComparer.Ordinal);
        files = TokenizerFolder.MissingFiles(encoderFolder, maxTokens).SetItems(files);
        var prompts = Path.Combine(folder, SentenceTransformersFile);
        return files
            .SetItem(ConfigFile, AsFloat32(File.ReadAllBytes(Path.Combine(encoderFolder, ConfigFile))))
            .SetItem(SentenceTransformersFile, File.Exists(prompts) ? File.ReadAllBytes(prompts) : Bytes(NewPrompts()));
    }

    /// <summary>The same of a new model.</summary>
    public static ImmutableSortedDictionary<string, byte[]> New(BertConfig config, WordPieceTokenizer tokenizer, int maxTokens)
        => TokenizerWriter.Files(tokenizer, maxTokens)
            .SetItem(ConfigFile, Bytes(config.ToJson()))
            .SetItem(SentenceTransformersFile, Bytes(NewPrompts()));

    /// <summary>Writes a folder aside, syncs it and puts it in its place.</summary>
    public static void Write(
        string folder,
        string modelCard,
        EmbeddingSettings settings,
        int dim,
        ImmutableSortedDictionary<string, byte[]> files,
        IEnumerable<KeyValuePair<string, Tensor>> weights,
        string weightsFile = WeightsFile)
    {
        var all = files
            .SetItem("README.md", Encoding.UTF8.GetBytes(modelCard))
            .SetItem(ModelFolder.ModulesFile, Bytes(Modules(settings)))
            .SetItem(ModelFolder.TransformerFile, Bytes(Transformer(settings)))
            .SetItem($"{PoolingFolder}/{ConfigFile}", Bytes(Pooling(settings, dim)));
        FolderReplacement.Write(folder, aside =>
        {
            Directory.CreateDirectory(Path.Combine(aside, PoolingFolder));
            foreach (var (name, content) in all)
                File.WriteAllBytes(Path.Combine(aside, name), content);
            WriteWeights(Path.Combine(aside, weightsFile), weights);
        });
    }

    private static void WriteWeights(string path, IEnumerable<KeyValuePair<string, Tensor>> weights)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        SafetensorsWriter.Write(path, weights.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.to(ScalarType.Float32))));
    }

    // Python would run the encoder in the type named here, whatever the weights are.
    private static byte[] AsFloat32(byte[] config)
    {
        var json = JsonNode.Parse(config)!.AsObject();
        string[] keys = ["dtype", "torch_dtype"];
        var changed = keys.Where(key => json[key] is { } type && type.ToJsonString() != "\"float32\"").ToArray();
        foreach (var key in changed)
            json[key] = "float32";
        return changed.Length == 0 ? config : Bytes(json);
    }

    private static JsonArray Modules(EmbeddingSettings settings)
    {
        (string Type, string Path)[] modules = [("Transformer", ""), ("Pooling", PoolingFolder), ("Normalize", "2_Normalize")];
        return new JsonArray([.. modules[..(settings.Normalizes ? 3 : 2)].Index().Select(module => new JsonObject
        {
            ["idx"] = module.Index,
            ["name"] = $"{module.Index}",
            ["path"] = module.Item.Path,
            ["type"] = $"sentence_transformers.models.{module.Item.Type}",
        })]);
    }

    private static JsonObject Transformer(EmbeddingSettings settings)
        => new() { ["max_seq_length"] = settings.MaxTokens, ["do_lower_case"] = settings.LowerCasesText };

    private static JsonObject Pooling(EmbeddingSettings settings, int dim) => new()
    {
        ["word_embedding_dimension"] = dim,
        ["pooling_mode_cls_token"] = settings.Pooling == PoolingMode.Cls,
        ["pooling_mode_mean_tokens"] = settings.Pooling == PoolingMode.Mean,
        ["pooling_mode_max_tokens"] = settings.Pooling == PoolingMode.Max,
        ["pooling_mode_mean_sqrt_len_tokens"] = false,
    };

    private static JsonObject NewPrompts()
        => new() { ["prompts"] = new JsonObject(), ["default_prompt_name"] = null, ["similarity_fn_name"] = "cosine" };

    private static byte[] Bytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString(Indented) + "\n");
}
