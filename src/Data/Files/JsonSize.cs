using System.Text.Json;

namespace Distributed.Data.Files;

/// <summary>How much a JSON text holds, known before a document is built from it: one takes 12 bytes for a value that may be two bytes long.</summary>
public static class JsonSize
{
    /// <summary>Whether there are more keys, values and ends of lists and objects than a number. No memory is taken.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="mostTokens">The number.</param>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static bool Exceeds(ReadOnlySpan<byte> json, int mostTokens)
    {
        if (json.Length <= mostTokens)
            return false;
        var reader = new Utf8JsonReader(json);
        var tokens = 0;
        while (reader.Read())
        {
            if (++tokens > mostTokens)
                return true;
        }

        return false;
    }
}
