using System.Text.Json;
using Distributed.Data.Files;

namespace Distributed.Hub.Listing;

/// <summary>Lists that decide which files a model has, from a hub or from a cache. How much they hold is known before a document is built from them.</summary>
internal static class SmallJson
{
    /// <summary>Longest list that is read, in bytes.</summary>
    public const int MaxBytes = 32 << 20;

    // 200,000 files of a repository have 4 each, and a hub may say more of them.
    private const int MostTokens = 2_000_000;

    /// <summary>The document.</summary>
    /// <exception cref="JsonException">The text is no JSON, or holds too much.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json) => JsonSize.Exceeds(json.Span, MostTokens)
        ? throw new JsonException($"more than {MostTokens} values and keys")
        : JsonDocument.Parse(json);

    /// <summary>The content of a cached file; null where it is too long to be such a list.</summary>
    public static byte[]? Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MaxBytes)
            return null;
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
