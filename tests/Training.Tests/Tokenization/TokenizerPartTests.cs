using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Tokenization;
using Distributed.Training.Tokenization.Classes;
using Distributed.Training.Tokenization.Files;

namespace Distributed.Training.Tests.Tokenization;

/// <summary>
/// Normalisers, pre-tokenisers and added tokens one by one, beside the words that the tokenizers library makes of stored texts. The model is one of bytes
/// that closes every word with a bar, so that ids say text and words.
/// </summary>
public sealed class TokenizerPartTests
{
    private const int StartId = 256;

    private static readonly JsonElement Reference = ReferenceData.Json("tokenizers", "parts.json");

    public static TheoryData<string> Names => [.. Reference.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Encode_OnePart_GivesTheLibrarysWords(string name)
    {
        var part = Reference.GetProperty("parts").EnumerateArray().Single(part => part.GetProperty("name").GetString() == name);
        var tokenizer = Create(part);

        foreach (var (text, words) in Reference.GetProperty("texts").EnumerateArray().Zip(part.GetProperty("words").EnumerateArray()))
        {
            var expected = words.EnumerateArray().Select(word => word.GetString()!);
            Assert.Equal($"{text} → {string.Join('|', expected)}", $"{text} → {string.Join('|', Words(tokenizer.Encode(text.GetString(), int.MaxValue)))}");
        }
    }

    /// <summary>A tokenizer of bytes around a part.</summary>
    private static Tokenizer Create(JsonElement part)
    {
        var file = JsonNode.Parse(
            """
            {
                "post_processor": {
                    "type": "TemplateProcessing",
                    "single": [{"SpecialToken": {"id": "[S]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                    "special_tokens": {"[S]": {"id": "[S]", "ids": [256], "tokens": ["[S]"]}}
                },
                "model": {"type": "BPE", "end_of_word_suffix": "|", "byte_fallback": true, "merges": []}
            }
            """)!.AsObject();
        var bytes = Enumerable.Range(0, 256).Select(value => KeyValuePair.Create($"<0x{value:X2}>", (JsonNode?)value));
        file["model"]!["vocab"] = new JsonObject([.. bytes, KeyValuePair.Create("[S]", (JsonNode?)StartId)]);
        foreach (var key in new[] { "normalizer", "pre_tokenizer", "added_tokens" })
            file[key] = JsonNode.Parse(part.GetProperty(key).GetRawText());
        if ((string?)file["normalizer"]?["type"] == "Precompiled")
            file["normalizer"] = JsonNode.Parse(ReferenceData.Json("families", "xlm-r", "model", "tokenizer.json").GetProperty("normalizer").GetRawText());
        return TokenizerJson.Read(new JsonFile("parts.json", JsonSerializer.SerializeToElement(file)), new TokenizerSettings(null, null));
    }

    private static IEnumerable<string> Words(int[] ids)
    {
        var word = new List<byte>();
        foreach (var id in ids[1..])
        {
            if (id > StartId)
            {
                yield return $"#{id}";
            }
            else if (id == '|')
            {
                yield return Encoding.UTF8.GetString([.. word]);
                word.Clear();
            }
            else
            {
                word.Add((byte)id);
            }
        }
    }
}
