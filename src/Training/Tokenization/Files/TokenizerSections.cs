using System.Text.Json.Nodes;

namespace Distributed.Training.Tokenization.Files;

/// <summary>Sections of a tokenizer.json, in the form in which Python's tokenizers writes them.</summary>
internal static class TokenizerSections
{
    /// <summary>The whole file.</summary>
    public static JsonObject Document(IEnumerable<JsonObject> addedTokens, JsonObject? normalizer, JsonObject preTokenizer, JsonObject postProcessor, JsonObject decoder, JsonObject model)
        => new()
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. addedTokens]),
            ["normalizer"] = normalizer,
            ["pre_tokenizer"] = preTokenizer,
            ["post_processor"] = postProcessor,
            ["decoder"] = decoder,
            ["model"] = model,
        };

    /// <summary>A special token.</summary>
    public static JsonObject SpecialToken(int id, string content, bool stripsLeft = false) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = stripsLeft,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };

    /// <summary>BERT's normaliser.</summary>
    public static JsonObject BertNormalizer(bool cleansText, bool splitsIdeographs, bool? stripsAccents, bool lowerCases) => new()
    {
        ["type"] = "BertNormalizer",
        ["clean_text"] = cleansText,
        ["handle_chinese_chars"] = splitsIdeographs,
        ["strip_accents"] = stripsAccents,
        ["lowercase"] = lowerCases,
    };

    /// <summary>Byte level: pre-tokeniser or decoder.</summary>
    public static JsonObject ByteLevel(bool addsPrefixSpace)
        => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = addsPrefixSpace, ["trim_offsets"] = true, ["use_regex"] = true };

    /// <summary>SentencePiece's spaces: pre-tokeniser or decoder.</summary>
    public static JsonObject Metaspace(bool addsPrefixSpace)
        => new() { ["type"] = "Metaspace", ["replacement"] = "▁", ["prepend_scheme"] = addsPrefixSpace ? "always" : "never", ["split"] = true };

    /// <summary>[first, text, last]; the second text of a pair follows after as many last ones.</summary>
    public static JsonObject Template((string Token, int Id) first, (string Token, int Id) last, int separators, int secondType)
    {
        JsonNode[] between = [.. Enumerable.Range(0, separators).Select(i => Part("SpecialToken", last.Token, i == 0 ? 0 : secondType))];
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Part("SpecialToken", first.Token, 0), Part("Sequence", "A", 0), Part("SpecialToken", last.Token, 0)),
            ["pair"] = new JsonArray(
                [Part("SpecialToken", first.Token, 0), Part("Sequence", "A", 0), .. between, Part("Sequence", "B", secondType), Part("SpecialToken", last.Token, secondType)]),
            ["special_tokens"] = first == last
                ? new JsonObject { [first.Token] = Ids(first) }
                : new JsonObject { [first.Token] = Ids(first), [last.Token] = Ids(last) },
        };
    }

    /// <summary>RoBERTa's form of the same.</summary>
    public static JsonObject RobertaProcessing((string Token, int Id) first, (string Token, int Id) last, bool addsPrefixSpace) => new()
    {
        ["type"] = "RobertaProcessing",
        ["sep"] = new JsonArray(last.Token, last.Id),
        ["cls"] = new JsonArray(first.Token, first.Id),
        ["trim_offsets"] = true,
        ["add_prefix_space"] = addsPrefixSpace,
    };

    /// <summary>WordPiece's decoder.</summary>
    public static JsonObject WordPieceDecoder(string prefix) => new() { ["type"] = "WordPiece", ["prefix"] = prefix, ["cleanup"] = true };

    /// <summary>A WordPiece model.</summary>
    public static JsonObject WordPiece(string unknownToken, string prefix, int longestWord, Vocabulary vocabulary) => new()
    {
        ["type"] = "WordPiece",
        ["unk_token"] = unknownToken,
        ["continuing_subword_prefix"] = prefix,
        ["max_input_chars_per_word"] = longestWord,
        ["vocab"] = Ids(vocabulary),
    };

    /// <summary>Tokens and ids.</summary>
    public static JsonObject Ids(Vocabulary vocabulary)
        => new([.. vocabulary.Tokens.Select(token => KeyValuePair.Create(token.Key, (JsonNode?)token.Value))]);

    private static JsonObject Part(string kind, string id, int type) => new() { [kind] = new JsonObject { ["id"] = id, ["type_id"] = type } };

    private static JsonObject Ids((string Token, int Id) token)
        => new() { ["id"] = token.Token, ["ids"] = new JsonArray(token.Id), ["tokens"] = new JsonArray(token.Token) };
}
