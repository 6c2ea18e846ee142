using System.Text.Json;
using System.Text.Unicode;

namespace Distributed.Training.Models;

/// <summary>Whether the strings of a JSON text are text: a parser takes half a character, and fails only when the string is asked for.</summary>
internal static class JsonStrings
{
    /// <exception cref="JsonException">The text is no JSON.</exception>
    /// <exception cref="ModelFormatException">A string is not UTF-8, or names half of a surrogate pair.</exception>
    public static void Check(string path, ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            throw new ModelFormatException(path, "no valid UTF-8");
        if (json.IndexOf("\\u"u8) < 0)
            return;
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped && !IsText(ref reader))
                throw new ModelFormatException(path, "a string has half of a surrogate pair");
        }
    }

    private static bool IsText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
