using System.Collections.Immutable;
using Distributed.Training.Models;

namespace Distributed.Training.Tokenization;

/// <summary>Reads the tokenizer of a Hugging Face folder: tokenizer.json, or else vocab.txt, with the settings of tokenizer_config.json.</summary>
internal static class TokenizerFolder
{
    /// <summary>The whole tokenizer in one file.</summary>
    public const string TokenizerFile = "tokenizer.json";
    private const string VocabularyFile = "vocab.txt";
    private const string SettingsFile = "tokenizer_config.json";

    /// <summary>The files that make up a tokenizer, as far as a folder has them.</summary>
    public static readonly ImmutableArray<string> Files = [TokenizerFile, SettingsFile, "special_tokens_map.json", VocabularyFile, "added_tokens.json"];

    /// <summary>Reads the tokenizer.</summary>
    /// <exception cref="ModelFormatException">There is none, or none that is supported.</exception>
    public static ITokenizer Read(string folder)
    {
        var path = Path.Combine(folder, TokenizerFile);
        if (!File.Exists(path))
            path = Path.Combine(folder, VocabularyFile);
        if (!File.Exists(path))
            throw new ModelFormatException(folder, $"neither {TokenizerFile} nor {VocabularyFile} is there");
        try
        {
            var (vocabulary, options) = path.EndsWith(TokenizerFile, StringComparison.Ordinal)
                ? TokenizerJson.Read(path)
                : (Vocabulary.Load(path), new WordPieceOptions());
            return new WordPieceTokenizer(vocabulary, WithSettings(options, Path.Combine(folder, SettingsFile)));
        }
        catch (ArgumentException failure)
        {
            throw new ModelFormatException(path, FirstSentence(failure.Message), failure);
        }
    }

    /// <summary>The tokenizer of a new model.</summary>
    /// <exception cref="ModelFormatException">The vocabulary is missing or lacks a special token.</exception>
    public static WordPieceTokenizer FromVocabulary(string path, bool lowerCase)
    {
        if (!File.Exists(path))
            throw new ModelFormatException(path, "no such vocabulary");
        try
        {
            var vocabulary = Vocabulary.Load(path);
            return vocabulary.Find("[PAD]") is null
                ? throw new ModelFormatException(path, "the vocabulary has no [PAD]")
                : new WordPieceTokenizer(vocabulary, new WordPieceOptions { LowerCase = lowerCase });
        }
        catch (ArgumentException failure)
        {
            throw new ModelFormatException(path, FirstSentence(failure.Message), failure);
        }
    }

    /// <summary>
    /// Settings of tokenizer_config.json win over those of tokenizer.json, as they do in Python, where the class builds its normaliser from them.
    /// </summary>
    private static WordPieceOptions WithSettings(WordPieceOptions options, string path)
    {
        if (JsonFile.ReadIfExists(path) is not { } settings)
            return options;
        return options with
        {
            LowerCase = settings.Boolean("do_lower_case") ?? options.LowerCase,
            StripAccents = settings.Boolean("strip_accents") ?? options.StripAccents,
            SplitIdeographs = settings.Boolean("tokenize_chinese_chars") ?? options.SplitIdeographs,
            UnknownToken = Token(settings, "unk_token") ?? options.UnknownToken,
            ClassToken = Token(settings, "cls_token") ?? options.ClassToken,
            SeparatorToken = Token(settings, "sep_token") ?? options.SeparatorToken,
        };
    }

    // A string, or an object with the token under "content".
    private static string? Token(JsonFile settings, string name)
        => settings.Text(name) ?? settings.Object(name)?.Text("content");

    private static string FirstSentence(string message) => message.Split(" (Parameter", 2)[0];
}
