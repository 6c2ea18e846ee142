using System.Text.Json;
using Distributed.Testing;

namespace Distributed.Training.Tests.Tokenization;

/// <summary>Sentences and the peer's ids, stored beside a model.</summary>
internal sealed class TokenizerReference
{
    private readonly JsonElement _json;

    private TokenizerReference(JsonElement json) => _json = json;

    public string[] Sentences => [.. _json.GetProperty("sentences").EnumerateArray().Select(sentence => sentence.GetString()!)];

    public int[] UntruncatedLengths => [.. _json.GetProperty("untruncated_lengths").EnumerateArray().Select(length => length.GetInt32())];

    public int[][] Ids => Lists(_json.GetProperty("ids"));

    public static TokenizerReference Family(string name) => new(ReferenceData.Json("families", name, "expected.json"));

    public static TokenizerReference At(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return new TokenizerReference(document.RootElement.Clone());
    }

    public int[][] TruncatedTo(int maxTokens)
        => Lists(_json.GetProperty("truncation").GetProperty(maxTokens.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static int[][] Lists(JsonElement lists)
        => [.. lists.EnumerateArray().Select(list => list.EnumerateArray().Select(id => id.GetInt32()).ToArray())];
}
