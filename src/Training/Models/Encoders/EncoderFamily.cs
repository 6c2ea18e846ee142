using System.Collections.Immutable;
using Distributed.Training.Models.Encoders.Bert;
using Distributed.Training.Models.Encoders.DistilBert;
using Distributed.Training.Models.Encoders.ModernBert;
using Distributed.Training.Models.Encoders.MPNet;

namespace Distributed.Training.Models.Encoders;

/// <summary>A family of encoders: what config.json calls model_type, and how its checkpoints name things.</summary>
/// <param name="ModelType">Its name.</param>
/// <param name="Prefix">What some checkpoints put before every name.</param>
/// <param name="Read">Reads config.json.</param>
internal sealed record EncoderFamily(string ModelType, string Prefix, Func<JsonFile, EncoderConfig> Read)
{
    /// <summary>All families.</summary>
    public static ImmutableArray<EncoderFamily> All { get; } =
    [
        new("bert", "bert.", BertConfig.Read),
        new("roberta", "roberta.", RobertaConfig.Read),
        new("xlm-roberta", "roberta.", RobertaConfig.Read),
        new("camembert", "roberta.", RobertaConfig.Read),
        new("mpnet", "mpnet.", MPNetConfig.Read),
        new("distilbert", "distilbert.", DistilBertConfig.Read),
        new("modernbert", "model.", ModernBertConfig.Read),
    ];

    /// <summary>The family that a config.json names.</summary>
    /// <exception cref="ModelFormatException">The file is missing, or names none of them, or one that computes something else.</exception>
    public static EncoderFamily Of(JsonFile config)
    {
        var type = config.Text("model_type");
        var family = All.FirstOrDefault(known => known.ModelType == type);
        RequireNoCode(config, family);
        if (config.Value("quantization_config") is not null)
            throw new ModelFormatException(config.Path, "quantization_config is there: quantised weights are not supported");
        return family
            ?? throw new ModelFormatException(config.Path, $"model_type is {type ?? "missing"}; one of {string.Join(", ", All.Select(known => known.ModelType))} was expected");
    }

    // Its authors' encoder is that code, whatever model_type says. It may have the same tensors and compute something else with them.
    private static void RequireNoCode(JsonFile config, EncoderFamily? family)
    {
        const string Encoder = "AutoModel";
        if (config.Object("auto_map")?.Value(Encoder) is null)
            return;
        var wayOut = family is null ? "" : $"; without auto_map it is read as {family.ModelType}";
        throw new ModelFormatException(config.Path, $"auto_map names Python code of the model's own for {Encoder}, which is not run{wayOut}");
    }
}
