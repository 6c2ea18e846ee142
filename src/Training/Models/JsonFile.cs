using System.Text.Json;
using Distributed.Data.Files;

namespace Distributed.Training.Models;

/// <summary>A JSON object of a model folder, with errors that name the file and the key.</summary>
/// <param name="path">The file.</param>
/// <param name="element">The object.</param>
internal sealed class JsonFile(string path, JsonElement element)
{
    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>The JSON itself.</summary>
    public JsonElement Element => element;

    /// <summary>Reads a file that must be there and hold an object.</summary>
    /// <exception cref="ModelFormatException">It is missing or holds something else.</exception>
    public static JsonFile Read(string path)
        => ReadIfExists(path) ?? throw new ModelFormatException(System.IO.Path.GetDirectoryName(path)!, $"no {System.IO.Path.GetFileName(path)}");

    /// <summary>Reads a file that holds an object, null if there is no such file.</summary>
    /// <exception cref="ModelFormatException">It holds something else.</exception>
    public static JsonFile? ReadIfExists(string path)
        => Parse(path) is not { } element ? null
            : element.ValueKind == JsonValueKind.Object ? new JsonFile(path, element)
            : throw new ModelFormatException(path, "a JSON object was expected");

    /// <summary>Any JSON, null if there is no such file.</summary>
    /// <exception cref="ModelFormatException">It is no JSON, or holds text that is no Unicode.</exception>
    public static JsonElement? Parse(string path)
    {
        if (!File.Exists(path))
            return null;
        var bytes = ModelBytes.Read(path);
        try
        {
            JsonStrings.Check(path, bytes);
            if (ModelBytes.MostJsonTokens(path) is var most && JsonSize.Exceeds(bytes, most))
                throw new ModelFormatException(path, $"more than {most} values and keys");

            // Not disposed of: what is returned looks into it, and the bytes are not copied.
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = ModelBytes.IsVocabulary(path) }).RootElement;
        }
        catch (JsonException failure)
        {
            throw new ModelFormatException(path, failure.LineNumber is { } line ? $"no valid JSON at line {line + 1}" : "a key stands twice in an object", failure);
        }
    }

    /// <summary>The value of a key; null if the key is missing or its value is null.</summary>
    public JsonElement? Value(string key) => element.ValueKind != JsonValueKind.Object
        ? throw new ModelFormatException(path, $"an object with {key} was expected, found {element.GetRawText()}")
        : element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A string, null if it is missing.</summary>
    public string? Text(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } other => throw Unexpected(key, other, "a text"),
    };

    /// <summary>A nested object, null if it is missing.</summary>
    public JsonFile? Object(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new JsonFile(path, value),
        { } other => throw Unexpected(key, other, "an object"),
    };

    /// <summary>A boolean, null if it is missing.</summary>
    public bool? Boolean(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Unexpected(key, other, "true or false"),
    };

    /// <summary>A finite number, null if it is missing.</summary>
    public double? Number(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
        { } other => throw Unexpected(key, other, "a number"),
    };

    /// <summary>A whole number above 0, null if it is missing.</summary>
    public int? Size(string key) => Number(key) switch
    {
        null => null,
        >= 1 and <= int.MaxValue and var number when number == Math.Floor(number) => (int)number,
        _ => throw Unexpected(key, Value(key)!.Value, "a whole number above 0"),
    };

    /// <summary>A whole number above 0 that must be there.</summary>
    public int RequiredSize(string key) => Size(key) ?? throw new ModelFormatException(path, $"no {key}");

    private ModelFormatException Unexpected(string key, JsonElement value, string expected)
        => new(path, $"{key} is {value.GetRawText()}, {expected} was expected");
}
