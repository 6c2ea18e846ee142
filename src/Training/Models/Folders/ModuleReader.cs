using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Jobs;
using Distributed.Training.Models.Modules;

namespace Distributed.Training.Models.Folders;

/// <summary>Reads the config.json of modules, in the spelling of all versions.</summary>
internal static class ModuleReader
{
    /// <summary>The older spelling: a flag for each pooling, in the order in which their results stand.</summary>
    public static readonly ImmutableArray<(string Flag, PoolingMode Mode)> PoolingFlags =
    [
        ("pooling_mode_cls_token", PoolingMode.Cls),
        ("pooling_mode_max_tokens", PoolingMode.Max),
        ("pooling_mode_mean_tokens", PoolingMode.Mean),
        ("pooling_mode_mean_sqrt_len_tokens", PoolingMode.MeanSqrtLength),
        ("pooling_mode_weightedmean_tokens", PoolingMode.WeightedMean),
        ("pooling_mode_lasttoken", PoolingMode.LastToken),
    ];

    /// <summary>The newer spelling.</summary>
    public static readonly ImmutableArray<(string Name, PoolingMode Mode)> PoolingNames =
    [
        ("cls", PoolingMode.Cls), ("max", PoolingMode.Max), ("mean", PoolingMode.Mean), ("mean_sqrt_len_tokens", PoolingMode.MeanSqrtLength),
        ("weightedmean", PoolingMode.WeightedMean), ("lasttoken", PoolingMode.LastToken),
    ];

    // Every embedding holds all of them one after another.
    private const int MaxPoolings = 16;

    /// <summary>Reads a pooling.</summary>
    /// <exception cref="ModelFormatException">The file is missing or damaged, or asks for what is not supported.</exception>
    public static PoolingSpec Pooling(string path)
    {
        var json = JsonFile.Read(path);
        var modes = json.Value("pooling_mode") switch
        {
            null => [.. PoolingFlags.Where(flag => json.Boolean(flag.Flag) == true).Select(flag => flag.Mode)],
            { ValueKind: JsonValueKind.Array } names => names.EnumerateArray().Take(MaxPoolings + 1).Select(name => Mode(path, name)).ToImmutableArray(),
            { } name => [Mode(path, name)],
        };
        return modes.Length <= MaxPoolings
            ? new PoolingSpec { Modes = modes.IsEmpty ? PoolingSpec.Mean.Modes : modes, IncludesPrompt = json.Boolean("include_prompt") ?? true }
            : throw new ModelFormatException(path, $"more than {MaxPoolings} poolings");
    }

    /// <summary>Reads a module behind the pooling.</summary>
    /// <exception cref="ModelFormatException">The file is missing or damaged, or asks for what is not supported.</exception>
    public static ModuleSpec Read(string folder, ModuleEntry entry)
    {
        var path = System.IO.Path.Combine(folder, entry.Path, ModelFiles.ConfigFile);
        if (entry.Kind is "Normalize")
        {
            if (JsonFile.ReadIfExists(path) is { } json)
                RequireEmbeddings(json);
            return new NormalizeSpec { Path = entry.Path };
        }

        var config = JsonFile.Read(path);
        return entry.Kind switch
        {
            "Dense" => Dense(config, entry.Path),
            "Dropout" => new DropoutSpec(Probability(config)) { Path = entry.Path },
            "LayerNorm" => new LayerNormSpec(config.RequiredSize("dimension")) { Path = entry.Path },
            _ => throw new ArgumentOutOfRangeException(nameof(entry), entry.Kind, "unknown"),
        };
    }

    private static DenseSpec Dense(JsonFile config, string folder)
    {
        RequireEmbeddings(config);
        var activation = config.Text("activation_function");
        return new DenseSpec(
            config.RequiredSize("in_features"),
            config.RequiredSize("out_features"),
            config.Boolean("bias") ?? true,
            DenseActivation.Of(activation) ?? throw new ModelFormatException(config.Path, $"activation_function is {activation}; one of {DenseActivation.Names} was expected"),
            config.Boolean("use_residual") ?? false)
        {
            Path = folder,
        };
    }

    private static double Probability(JsonFile config)
        => (config.Number("dropout") ?? 0.2) is var probability && probability is >= 0 and < 1
            ? probability
            : throw new ModelFormatException(config.Path, $"dropout is {probability}; 0 ≤ p < 1 was expected");

    private static PoolingMode Mode(string path, JsonElement name)
    {
        foreach (var (known, mode) in PoolingNames)
        {
            if (name.ValueKind == JsonValueKind.String && name.ValueEquals(known))
                return mode;
        }

        throw new ModelFormatException(path, $"pooling_mode is {name.GetRawText()}; some of {string.Join(", ", PoolingNames.Select(known => known.Name))} were expected");
    }

    // A module may also be told to work on token states, as models that keep one vector a token do.
    private static void RequireEmbeddings(JsonFile config)
    {
        foreach (var key in (ReadOnlySpan<string>)["module_input_name", "module_output_name"])
        {
            if (config.Text(key) is { } feature and not "sentence_embedding")
                throw new ModelFormatException(config.Path, $"{key} is {feature}; only sentence_embedding is supported");
        }
    }
}
