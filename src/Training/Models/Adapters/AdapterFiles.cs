using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Distributed.Training.Tokenization.Classes;
using Distributed.Training.Tokenization.Files;

namespace Distributed.Training.Models.Adapters;

/// <summary>The settings and the tokenizer of a model, as they lie in the folder of its adapter.</summary>
internal static class AdapterFiles
{
    private const string ClassKey = "tokenizer_class";

    /// <summary>
    /// All but config.json, beside which PEFT would look for the whole model's weights. What it says of the tokenizer is said in tokenizer_config.json
    /// instead: without either, Python would not know which one it is.
    /// </summary>
    /// <param name="files">The model's files.</param>
    /// <param name="transformerPath">Folder of the transformer among them.</param>
    public static ImmutableSortedDictionary<string, byte[]> Of(ImmutableSortedDictionary<string, byte[]> files, string transformerPath)
    {
        var (config, settings) = (Path.Combine(transformerPath, ModelFiles.ConfigFile), Path.Combine(transformerPath, TokenizerFiles.Settings));
        var rest = files.Remove(config);
        var json = files.TryGetValue(settings, out var content) ? JsonNode.Parse(content)!.AsObject() : [];
        if (json[ClassKey] is not null || TokenizerClasses.NameOf(JsonNode.Parse(files[config])!["model_type"]?.GetValue<string>()) is not { } name)
            return rest;
        json[ClassKey] = name;
        return rest.SetItem(settings, ModelJson.Bytes(json));
    }
}
