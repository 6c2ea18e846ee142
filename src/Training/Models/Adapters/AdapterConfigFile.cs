using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distributed.Training.Models.Adapters;

/// <summary>adapter_config.json as PEFT reads and writes it.</summary>
internal static class AdapterConfigFile
{
    /// <summary>Its name.</summary>
    public const string Name = "adapter_config.json";

    // Whatever one of these says besides nothing would change what the adapter computes.
    private static readonly string[] Unsupported =
    [
        "alora_invocation_tokens", "alpha_pattern", "arrow_config", "fan_in_fan_out", "layer_replication", "lora_bias", "modules_to_save", "rank_pattern",
        "target_parameters", "trainable_token_indices", "use_bdlora", "use_dora", "use_qalora",
    ];

    /// <summary>Reads it.</summary>
    /// <exception cref="ModelFormatException">It is missing or damaged, or describes another kind of adapter.</exception>
    public static LoraConfig Read(string folder)
    {
        var json = JsonFile.Read(Path.Combine(folder, Name));
        if (json.Text("peft_type") is var type && type != "LORA")
            throw new ModelFormatException(json.Path, $"peft_type is {type ?? "missing"}; only LORA is supported");
        if (json.Text("bias") is { } bias && bias != "none")
            throw new ModelFormatException(json.Path, $"bias is {bias}; only none is supported");
        if (Unsupported.FirstOrDefault(key => json.Value(key) is { } value && SaysSomething(value)) is { } unsupported)
            throw new ModelFormatException(json.Path, $"{unsupported} is {json.Value(unsupported)!.Value.GetRawText().ReplaceLineEndings(" ")}; it is not supported");
        RequirePlainStart(json);
        var rank = json.RequiredSize("r");
        var alpha = json.Number("lora_alpha") ?? 8;
        var dropout = json.Number("lora_dropout") ?? 0;
        return dropout is >= 0 and < 1
            ? new LoraConfig(rank, alpha, dropout, json.Boolean("use_rslora") ?? false)
            : throw new ModelFormatException(json.Path, $"lora_dropout is {dropout}; 0 ≤ p < 1 was expected");
    }

    /// <summary>The file of a new adapter.</summary>
    /// <param name="config">Rank, scale and dropout.</param>
    /// <param name="targets">What PEFT puts adapters on.</param>
    /// <param name="baseModel">The model below.</param>
    public static byte[] Write(LoraConfig config, IEnumerable<string> targets, BaseModel baseModel)
    {
        var json = new JsonObject // in the order of the keys, as PEFT
        {
            ["alpha_pattern"] = new JsonObject(),
            ["auto_mapping"] = null,
            ["base_model_name_or_path"] = baseModel.Name,
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["layers_pattern"] = null,
            ["layers_to_transform"] = null,
            ["lora_alpha"] = config.Alpha,
            ["lora_dropout"] = config.Dropout,
            ["modules_to_save"] = null,
            ["peft_type"] = "LORA",
            ["r"] = config.Rank,
            ["rank_pattern"] = new JsonObject(),
            ["revision"] = baseModel.Revision,
            ["target_modules"] = new JsonArray([.. targets.Select(target => JsonValue.Create(target))]),
            ["task_type"] = "FEATURE_EXTRACTION",
            ["use_dora"] = false,
            ["use_rslora"] = config.UseRslora,
        };
        return ModelJson.Bytes(json);
    }

    // Others (PiSSA, OLoRA, LoftQ and more) take what A and B start with out of the base model's weights, and PEFT does so again when it loads the adapter.
    private static void RequirePlainStart(JsonFile json)
    {
        var isPlain = json.Value("init_lora_weights") switch
        {
            null or { ValueKind: JsonValueKind.True or JsonValueKind.False } => true,
            { ValueKind: JsonValueKind.String } start => "gaussian".Equals(start.GetString(), StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
        if (!isPlain)
        {
            throw new ModelFormatException(
                json.Path, $"init_lora_weights is {json.Value("init_lora_weights")!.Value.GetRawText().ReplaceLineEndings(" ")}; only true, false and gaussian are supported: others change the base model");
        }
    }

    private static bool SaysSomething(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };
}
