using System.Text.Json.Nodes;
using Distributed.Jobs;
using Distributed.Training.Models.Modules;

namespace Distributed.Training.Models.Folders;

/// <summary>
/// The JSON files of a folder that has none yet, in the older spelling, which every version of sentence-transformers reads; and changes to files in either
/// spelling.
/// </summary>
internal static class FolderJson
{
    // Written for every model; the others where they are used: the oldest versions do not know them.
    private static readonly PoolingMode[] OldestPoolings = [PoolingMode.Cls, PoolingMode.Mean, PoolingMode.Max, PoolingMode.MeanSqrtLength];

    /// <summary>modules.json.</summary>
    public static JsonArray Modules(EmbeddingSettings settings)
    {
        var list = new JsonArray(Module(0, "Transformer", ""), Module(1, "Pooling", ModuleListing.PoolingFolder));
        foreach (var module in settings.Modules)
            Append(list, module);
        return list;
    }

    /// <summary>Adds a Normalize, the only module that a job can ask for, in the spelling of the others.</summary>
    public static void Append(JsonArray list, ModuleSpec module)
    {
        var added = Module(list.Count, "Normalize", module.Path);
        if (!IsOlderSpelling(list))
            added["type"] = "sentence_transformers.base.modules.normalize.Normalize";
        list.Add(added);
    }

    /// <summary>config.json of a Normalize, as the versions of either spelling write it.</summary>
    public static JsonObject Normalize(JsonArray list) => IsOlderSpelling(list)
        ? []
        : new JsonObject { ["module_input_name"] = "sentence_embedding", ["module_output_name"] = "sentence_embedding" };

    /// <summary>sentence_bert_config.json.</summary>
    public static JsonObject Transformer(EmbeddingSettings settings)
        => new() { ["max_seq_length"] = settings.MaxTokens, ["do_lower_case"] = settings.LowerCasesText };

    /// <summary>config.json of a pooling.</summary>
    public static JsonObject Pooling(PoolingSpec pooling, int hiddenSize)
    {
        var json = new JsonObject { ["word_embedding_dimension"] = hiddenSize };
        foreach (var mode in OldestPoolings)
            json[FlagOf(mode)] = pooling.Modes.Contains(mode);
        foreach (var mode in pooling.Modes.Except(OldestPoolings))
            json[FlagOf(mode)] = true;
        return json;
    }

    /// <summary>Puts another pooling into such a file.</summary>
    public static void SetPooling(JsonObject json, PoolingMode mode)
    {
        var flags = ModuleReader.PoolingFlags.Where(flag => json.ContainsKey(flag.Flag)).ToArray();
        if (flags.Length == 0 || json.ContainsKey("pooling_mode"))
        {
            json["pooling_mode"] = ModuleReader.PoolingNames.First(name => name.Mode == mode).Name;
            return;
        }

        foreach (var (flag, _) in flags)
            json[flag] = false;
        json[FlagOf(mode)] = true;
    }

    /// <summary>config_sentence_transformers.json of a model without prompts.</summary>
    public static JsonObject NoPrompts()
        => new() { ["prompts"] = new JsonObject(), ["default_prompt_name"] = null, ["similarity_fn_name"] = "cosine" };

    private static string FlagOf(PoolingMode mode) => ModuleReader.PoolingFlags.First(flag => flag.Mode == mode).Flag;

    private static bool IsOlderSpelling(JsonArray list)
        => list.All(module => module!["type"]!.GetValue<string>().StartsWith("sentence_transformers.models.", StringComparison.Ordinal));

    private static JsonObject Module(int index, string kind, string path) => new()
    {
        ["idx"] = index,
        ["name"] = $"{index}",
        ["path"] = path,
        ["type"] = $"sentence_transformers.models.{kind}",
    };
}
