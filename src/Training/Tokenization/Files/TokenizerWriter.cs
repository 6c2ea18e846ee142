using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.Classes;

namespace Distributed.Training.Tokenization.Files;

/// <summary>Tokenizer files in the form in which Python's transformers and tokenizers read them.</summary>
internal static class TokenizerWriter
{
    /// <summary>The files of a new model, by name: BERT's tokens, and what of the options its class takes.</summary>
    public static ImmutableSortedDictionary<string, byte[]> Files(WordPieceTokenizer tokenizer, int maxTokens)
    {
        var json = new JsonObject
        {
            ["do_lower_case"] = tokenizer.Options.LowerCase,
            ["strip_accents"] = tokenizer.Options.StripAccents,
            ["tokenize_chinese_chars"] = tokenizer.Options.SplitIdeographs,
        };
        var settings = new TokenizerSettings(new JsonFile(TokenizerFiles.Settings, JsonSerializer.SerializeToElement(json)), modelType: null);
        var words = string.Concat(tokenizer.Vocabulary.Tokens.Select(token => token.Key + "\n"));
        return Files(TokenizerClasses.Bert.Document(tokenizer.Vocabulary, settings), TokenizerClasses.Bert, settings, maxTokens)
            .SetItem(TokenizerFiles.WordPieces, Encoding.UTF8.GetBytes(words));
    }

    /// <summary>The files that a folder with older ones lacks, by name: some of them may be there.</summary>
    public static ImmutableSortedDictionary<string, byte[]> Files(JsonObject document, TokenizerClass known, TokenizerSettings settings, int maxTokens)
    {
        var tokens = SpecialTokens(document, known, settings);
        var config = settings.ToJson();
        foreach (var (name, token) in tokens)
            config[name] = token?.DeepClone();
        config["model_max_length"] = maxTokens;
        config["tokenizer_class"] = known.Name;
        return new Dictionary<string, byte[]>
        {
            [TokenizerFiles.Tokenizer] = ModelJson.Bytes(document),
            [TokenizerFiles.Settings] = ModelJson.Bytes(config),
            [TokenizerFiles.SpecialTokens] = ModelJson.Bytes(tokens),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    // A name that the vocabulary lacks would be appended to it by Python, beyond the model's embeddings.
    private static JsonObject SpecialTokens(JsonObject document, TokenizerClass known, TokenizerSettings settings)
    {
        var added = document["added_tokens"]!.AsArray().Select(token => token!["content"]!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        return new([.. known.SpecialTokens
            .Select(token => KeyValuePair.Create(token.Key, known.Token(settings, token.Key)))
            .Where(token => added.Contains(token.Value))
            .Select(token => KeyValuePair.Create(token.Key, (JsonNode?)token.Value))]);
    }
}
