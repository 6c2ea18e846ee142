using System.Text.Json;
using System.Text.Json.Nodes;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.Files;

namespace Distributed.Training.Tokenization.Classes;

/// <summary>What tokenizer_config.json says.</summary>
/// <param name="json">The file, null if there is none.</param>
/// <param name="modelType">What config.json calls the model, null if it says nothing.</param>
internal sealed class TokenizerSettings(JsonFile? json, string? modelType)
{
    /// <summary>The class that Python would take, null if it obeys tokenizer.json.</summary>
    public TokenizerClass? Class => TokenizerClasses.Find(json?.Text("tokenizer_class"), modelType);

    /// <summary>How the class, or the model, is called in messages.</summary>
    public string? ClassName => json?.Text("tokenizer_class") ?? modelType;

    /// <summary>Reads the settings of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="modelType">What the model is called; null: the folder's config.json says it.</param>
    public static TokenizerSettings Read(string folder, string? modelType)
        => new(
            JsonFile.ReadIfExists(Path.Combine(folder, TokenizerFiles.Settings)),
            modelType ?? JsonFile.ReadIfExists(Path.Combine(folder, ModelFiles.ConfigFile))?.Text("model_type"));

    /// <summary>A copy of all that it says.</summary>
    public JsonObject ToJson() => json is null ? [] : JsonObject.Create(json.Element)!;

    /// <summary>Whether a key is there, be it with null.</summary>
    public bool Has(string name) => json?.Element.TryGetProperty(name, out _) == true;

    /// <summary>A boolean, null if it is not set.</summary>
    public bool? Boolean(string name) => json?.Boolean(name);

    /// <summary>A string, null if it is not set.</summary>
    public string? Text(string name) => json?.Text(name);

    /// <summary>A token, which is a string or an object with the token under <c>content</c>; null if it is not set.</summary>
    public string? Token(string name) => Section(name) is { } token ? token.Text("content") : json?.Text(name);

    /// <summary>Whether a token's object says that white space before it vanishes; null where it says nothing.</summary>
    public bool? StripsLeft(string name) => Section(name)?.Boolean("lstrip");

    private JsonFile? Section(string name) => json?.Value(name) is { ValueKind: JsonValueKind.Object } ? json.Object(name) : null;
}
