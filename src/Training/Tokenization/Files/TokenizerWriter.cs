using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distributed.Training.Tokenization.Classes;

namespace Distributed.Training.Tokenization.Files;

/// <summary>Tokenizer files in the form in which Python's transformers and tokenizers read them.</summary>
internal static class TokenizerWriter
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>The files of a new model, by name.</summary>
    public static ImmutableSortedDictionary<string, byte[]> Files(WordPieceTokenizer tokenizer, int maxTokens)
        => new Dictionary<string, byte[]>
        {
            ["tokenizer.json"] = Bytes(Document(tokenizer)),
            ["tokenizer_config.json"] = Bytes(Settings(tokenizer, maxTokens)),
            ["special_tokens_map.json"] = Bytes(SpecialTokens(tokenizer)),
            ["vocab.txt"] = Encoding.UTF8.GetBytes(string.Concat(tokenizer.Vocabulary.Tokens.Select(token => token.Key + "\n"))),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The files that a folder with older ones lacks, by name: some of them may be there.</summary>
    public static ImmutableSortedDictionary<string, byte[]> Files(JsonObject document, TokenizerClass known, TokenizerSettings settings, int maxTokens)
    {
        var map = new JsonObject([.. known.SpecialTokens.Select(token => KeyValuePair.Create(token.Key, (JsonNode?)known.Token(settings, token.Key)))]);
        var config = (JsonObject)map.DeepClone();
        config["model_max_length"] = maxTokens;
        config["tokenizer_class"] = known.Name;
        return new Dictionary<string, byte[]>
        {
            ["tokenizer.json"] = Bytes(document),
            ["tokenizer_config.json"] = Bytes(config),
            ["special_tokens_map.json"] = Bytes(map),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    private static byte[] Bytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString(Indented) + "\n");

    private static JsonObject Document(WordPieceTokenizer tokenizer)
    {
        var (options, vocabulary) = (tokenizer.Options, tokenizer.Vocabulary);
        return TokenizerSections.Document(
            AddedTokens(tokenizer),
            TokenizerSections.BertNormalizer(options.CleanText, options.SplitIdeographs, options.StripAccents, options.LowerCase),
            new JsonObject { ["type"] = "BertPreTokenizer" },
            TokenizerSections.Template(
                (options.ClassToken, vocabulary.Required(options.ClassToken)),
                (options.SeparatorToken, vocabulary.Required(options.SeparatorToken)),
                separators: 1,
                secondType: 1),
            TokenizerSections.WordPieceDecoder(options.ContinuingPrefix),
            TokenizerSections.WordPiece(options.UnknownToken, options.ContinuingPrefix, options.MaxWordLength, vocabulary));
    }

    private static IEnumerable<JsonObject> AddedTokens(WordPieceTokenizer tokenizer)
        => tokenizer.Options.TypedTokens
            .Where(token => tokenizer.Vocabulary.Find(token) is not null)
            .OrderBy(token => tokenizer.Vocabulary.Find(token))
            .Select(token => TokenizerSections.SpecialToken(tokenizer.Vocabulary.Required(token), token));

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
