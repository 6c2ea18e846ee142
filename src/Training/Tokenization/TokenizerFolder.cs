using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.Classes;
using Distributed.Training.Tokenization.Files;

namespace Distributed.Training.Tokenization;

/// <summary>Reads the tokenizer of a Hugging Face folder: tokenizer.json, or else older files, with the settings of tokenizer_config.json.</summary>
internal static class TokenizerFolder
{
    /// <summary>The whole tokenizer in one file.</summary>
    public const string TokenizerFile = "tokenizer.json";

    private const string AddedTokensFile = "added_tokens.json";
    private static readonly ImmutableArray<string> VocabularyFiles = ["vocab.txt", "vocab.json", "sentencepiece.bpe.model"];

    /// <summary>The files that make up a tokenizer, as far as a folder has them.</summary>
    public static readonly ImmutableArray<string> Files =
        [TokenizerFile, "tokenizer_config.json", "special_tokens_map.json", AddedTokensFile, .. VocabularyFiles, "merges.txt", "spiece.model", "tokenizer.model"];

    /// <summary>Reads the tokenizer.</summary>
    /// <exception cref="ModelFormatException">There is none, or none that is supported.</exception>
    public static ITokenizer Read(string folder)
    {
        var path = Path.Combine(folder, TokenizerFile);
        return Checked(path, () =>
        {
            var settings = TokenizerSettings.Read(folder);
            var json = File.Exists(path)
                ? JsonFile.Read(LegacyFiles.Checked(path))
                : new JsonFile(path, JsonSerializer.SerializeToElement(Convert(folder, settings)));
            return TokenizerJson.Read(json, settings);
        });
    }

    /// <summary>What a folder without tokenizer.json lacks, so that Python reads the same tokenizer from it.</summary>
    /// <exception cref="ModelFormatException">Its files are not supported.</exception>
    public static ImmutableSortedDictionary<string, byte[]> MissingFiles(string folder, int maxTokens)
        => File.Exists(Path.Combine(folder, TokenizerFile))
            ? ImmutableSortedDictionary<string, byte[]>.Empty
            : Checked(Path.Combine(folder, TokenizerFile), () =>
            {
                var settings = TokenizerSettings.Read(folder);
                return TokenizerWriter.Files(Convert(folder, settings), ClassOf(folder, settings), settings, maxTokens);
            });

    /// <summary>The tokenizer of a new model.</summary>
    /// <exception cref="ModelFormatException">The vocabulary is missing or lacks a special token.</exception>
    public static WordPieceTokenizer FromVocabulary(string path, bool lowerCase)
    {
        if (!File.Exists(path))
            throw new ModelFormatException(path, "no such vocabulary");
        return Checked(path, () =>
        {
            var vocabulary = LegacyFiles.Vocabulary(path);
            return vocabulary.Find("[PAD]") is null
                ? throw new ModelFormatException(path, "the vocabulary has no [PAD]")
                : new WordPieceTokenizer(vocabulary, new WordPieceOptions { LowerCase = lowerCase });
        });
    }

    private static JsonObject Convert(string folder, TokenizerSettings settings)
    {
        if (File.Exists(Path.Combine(folder, AddedTokensFile)))
            throw new ModelFormatException(folder, $"{AddedTokensFile} without {TokenizerFile} is not supported");
        return ClassOf(folder, settings).Convert(folder, settings);
    }

    // A folder with nothing but vocab.txt is BERT's.
    private static TokenizerClass ClassOf(string folder, TokenizerSettings settings)
    {
        var file = VocabularyFiles.FirstOrDefault(file => File.Exists(Path.Combine(folder, file)))
            ?? throw new ModelFormatException(folder, $"neither {TokenizerFile} nor {string.Join(" nor ", VocabularyFiles)} is there");
        return settings.Class
            ?? (file == VocabularyFiles[0] && settings.ClassName is null ? BertClass.Bert : null)
            ?? throw new ModelFormatException(folder, $"{file} of {settings.ClassName?.Cut() ?? "an unknown tokenizer class"} without {TokenizerFile} is not supported");
    }

    private static T Checked<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ArgumentException failure)
        {
            throw new ModelFormatException(path, failure.Message.Split(" (Parameter", 2)[0], failure);
        }
        catch (InvalidOperationException failure)
        {
            throw new ModelFormatException(path, "a string is no valid Unicode text", failure); // how System.Text.Json reports "\ud800"
        }
    }
}
