using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distributed.Training.Tokenization;

/// <summary>The tokenizer files of a new model, in the form in which Python's transformers and tokenizers read them.</summary>
internal static class TokenizerWriter
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>Contents by file name.</summary>
    public static ImmutableSortedDictionary<string, byte[]> Files(WordPieceTokenizer tokenizer, int maxTokens)
        => new Dictionary<string, byte[]>
        {
            ["tokenizer.json"] = Bytes(Tokenizer(tokenizer)),
            ["tokenizer_config.json"] = Bytes(Settings(tokenizer, maxTokens)),
            ["special_tokens_map.json"] = Bytes(SpecialTokens(tokenizer)),
            ["vocab.txt"] = Encoding.UTF8.GetBytes(string.Concat(tokenizer.Vocabulary.Tokens.Select(token => token.Key + "\n"))),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static byte[] Bytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString(Indented) + "\n");

    private static JsonObject Tokenizer(WordPieceTokenizer tokenizer) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. AddedTokens(tokenizer)]),
        ["normalizer"] = new JsonObject
        {
            ["type"] = "BertNormalizer",
            ["clean_text"] = tokenizer.Options.CleanText,
            ["handle_chinese_chars"] = tokenizer.Options.SplitIdeographs,
            ["strip_accents"] = tokenizer.Options.StripAccents,
            ["lowercase"] = tokenizer.Options.LowerCase,
        },
        ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
        ["post_processor"] = PostProcessor(tokenizer),
        ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = tokenizer.Options.ContinuingPrefix, ["cleanup"] = true },
        ["model"] = new JsonObject
        {
            ["type"] = "WordPiece",
            ["unk_token"] = tokenizer.Options.UnknownToken,
            ["continuing_subword_prefix"] = tokenizer.Options.ContinuingPrefix,
            ["max_input_chars_per_word"] = tokenizer.Options.MaxWordLength,
            ["vocab"] = new JsonObject([.. tokenizer.Vocabulary.Tokens.Select(token => KeyValuePair.Create(token.Key, (JsonNode?)token.Value))]),
        },
    };

    private static IEnumerable<JsonNode> AddedTokens(WordPieceTokenizer tokenizer)
        => tokenizer.Options.TypedTokens
            .Where(token => tokenizer.Vocabulary.Find(token) is not null)
            .OrderBy(token => tokenizer.Vocabulary.Find(token))
            .Select(token => new JsonObject
            {
                ["id"] = tokenizer.Vocabulary.Find(token),
                ["content"] = token,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = true,
            });

    private static JsonObject PostProcessor(WordPieceTokenizer tokenizer)
    {
        var (first, last) = (tokenizer.Options.ClassToken, tokenizer.Options.SeparatorToken);
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Special(first, 0), Sequence("A", 0), Special(last, 0)),
            ["pair"] = new JsonArray(Special(first, 0), Sequence("A", 0), Special(last, 0), Sequence("B", 1), Special(last, 1)),
            ["special_tokens"] = new JsonObject { [first] = Ids(tokenizer, first), [last] = Ids(tokenizer, last) },
        };
    }

    private static JsonObject Special(string token, int type) => new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };

    private static JsonObject Sequence(string name, int type) => new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };

    private static JsonObject Ids(WordPieceTokenizer tokenizer, string token)
        => new() { ["id"] = token, ["ids"] = new JsonArray(tokenizer.Vocabulary.Find(token)), ["tokens"] = new JsonArray(token) };

    private static JsonObject Settings(WordPieceTokenizer tokenizer, int maxTokens)
    {
        var settings = SpecialTokens(tokenizer);
        settings["do_lower_case"] = tokenizer.Options.LowerCase;
        settings["model_max_length"] = maxTokens;
        settings["strip_accents"] = tokenizer.Options.StripAccents;
        settings["tokenize_chinese_chars"] = tokenizer.Options.SplitIdeographs;
        settings["tokenizer_class"] = "BertTokenizer";
        return settings;
    }

    // A name that the vocabulary lacks would be appended to it by Python, beyond the model's embeddings.
    private static JsonObject SpecialTokens(WordPieceTokenizer tokenizer)
    {
        var tokens = new JsonObject
        {
            ["cls_token"] = tokenizer.Options.ClassToken,
            ["pad_token"] = "[PAD]",
            ["sep_token"] = tokenizer.Options.SeparatorToken,
            ["unk_token"] = tokenizer.Options.UnknownToken,
        };
        if (tokenizer.Vocabulary.Find("[MASK]") is not null)
            tokens["mask_token"] = "[MASK]";
        return tokens;
    }
}
