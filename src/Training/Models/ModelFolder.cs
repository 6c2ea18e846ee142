using System.Text.Json;
using Distributed.Jobs;
using Distributed.Training.Models.Encoders;

namespace Distributed.Training.Models;

/// <summary>
/// Reads what a sentence-transformers folder says of pooling, normalisation and text length, in the spelling of all versions. A plain
/// Hugging Face folder, without modules.json, means mean pooling.
/// </summary>
internal static class ModelFolder
{
    /// <summary>The file that lists a folder's modules.</summary>
    public const string ModulesFile = "modules.json";

    /// <summary>The encoder's own settings.</summary>
    public const string TransformerFile = "sentence_bert_config.json";

    private static readonly string[] PoolingFlags =
    [
        "pooling_mode_cls_token", "pooling_mode_max_tokens", "pooling_mode_mean_tokens", "pooling_mode_mean_sqrt_len_tokens",
        "pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken",
    ];

    /// <summary>The folder of the encoder: a subfolder in the oldest models, else the folder itself.</summary>
    public static string EncoderFolder(string folder)
        => Modules(folder) is [var transformer, ..] ? Path.Combine(folder, transformer.Path) : folder;

    /// <summary>Reads the settings.</summary>
    /// <exception cref="ModelFormatException">A file is damaged, or a module is not supported.</exception>
    public static EmbeddingSettings Read(string folder, EncoderConfig config)
    {
        var modules = Modules(folder);
        var encoderFolder = EncoderFolder(folder);
        var transformer = JsonFile.ReadIfExists(Path.Combine(encoderFolder, TransformerFile));
        return new EmbeddingSettings
        {
            Pooling = modules.Length > 1 ? Pooling(Path.Combine(folder, modules[1].Path, "config.json")) : PoolingMode.Mean,
            Normalizes = modules.Length > 2,
            MaxTokens = MaxTokens(transformer, encoderFolder, config),
            LowerCasesText = transformer?.Boolean("do_lower_case") ?? false,
            Prompts = ModelPrompts.Read(JsonFile.ReadIfExists(Path.Combine(folder, ModelFiles.SentenceTransformersFile))),
        };
    }

    // Transformer, Pooling and perhaps Normalize, in this order, or nothing.
    private static (string Type, string Path)[] Modules(string folder)
    {
        var path = Path.Combine(folder, ModulesFile);
        if (JsonFile.Parse(path) is not { } list)
            return [];
        if (list.ValueKind != JsonValueKind.Array)
            throw new ModelFormatException(path, "a list of modules was expected");
        var modules = list.EnumerateArray().Select(module => Module(path, module)).ToArray();
        string[] supported = ["Transformer", "Pooling", "Normalize"];
        for (var i = 0; i < modules.Length; i++)
        {
            if (i >= supported.Length || modules[i].Type != supported[i])
                throw new ModelFormatException(path, $"module {i} is {modules[i].Type}; only Transformer, Pooling, Normalize in this order are supported");
        }

        return modules.Length >= 2 ? modules : throw new ModelFormatException(path, "Transformer and Pooling were expected");
    }

    private static (string Type, string Path) Module(string path, JsonElement element)
    {
        var module = element.ValueKind == JsonValueKind.Object ? new JsonFile(path, element) : throw new ModelFormatException(path, "a list of modules was expected");
        var type = module.Text("type") ?? throw new ModelFormatException(path, "a module has no type");
        var folder = module.Text("path") ?? "";
        if (Path.IsPathRooted(folder) || folder.Split('/', '\\').Contains(".."))
            throw new ModelFormatException(path, $"a module's path is {folder}; a subfolder was expected");
        return (type[(type.LastIndexOf('.') + 1)..], folder);
    }

    private static PoolingMode Pooling(string path)
    {
        var json = JsonFile.Read(path);
        var modes = json.Value("pooling_mode") switch
        {
            { ValueKind: JsonValueKind.String } name => [name.GetString()!],
            { ValueKind: JsonValueKind.Array } names => names.EnumerateArray().Select(name => name.ToString()).ToArray(),
            _ => PoolingFlags.Where(flag => json.Boolean(flag) == true).Select(flag => flag.Split('_', 3)[2].Replace("_tokens", "", StringComparison.Ordinal)).ToArray(),
        };
        return modes switch
        {
            [] or ["mean"] => PoolingMode.Mean,
            ["cls" or "cls_token"] => PoolingMode.Cls,
            ["max"] => PoolingMode.Max,
            _ => throw new ModelFormatException(path, $"pooling is {string.Join(" + ", modes)}; only mean, cls or max is supported"),
        };
    }

    // What is written for "no limit" is above any position.
    private static int MaxTokens(JsonFile? transformer, string encoderFolder, EncoderConfig config)
    {
        var limit = transformer?.Number("max_seq_length")
            ?? JsonFile.ReadIfExists(Path.Combine(encoderFolder, "tokenizer_config.json"))?.Number("model_max_length")
            ?? config.LongestText;
        return (int)Math.Min(limit, config.LongestText);
    }
}
