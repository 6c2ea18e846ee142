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
    /// <summary>Reads the tokenizer.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="lowerCases">Whether text is lower-cased before all else but typed special tokens, whatever the tokenizer does itself.</param>
    /// <param name="modelType">What the model is called, whose tokenizer may lie apart from its config.json; null: the folder's own says it.</param>
    /// <exception cref="ModelFormatException">There is none, or none that is supported.</exception>
    public static ITokenizer Read(string folder, bool lowerCases = false, string? modelType = null)
    {
        var path = SourceOf(folder);
        return Checked(path, () =>
        {
            var settings = TokenizerSettings.Read(folder, modelType);
            var json = Path.GetFileName(path) == TokenizerFiles.Tokenizer
                ? JsonFile.Read(path)
                : new JsonFile(path, JsonSerializer.SerializeToElement(Convert(path, settings)));
            return TokenizerJson.Read(json, settings, lowerCases);
        });
    }

    /// <summary>What a folder without tokenizer.json lacks, so that Python reads the same tokenizer from it.</summary>
    /// <exception cref="ModelFormatException">Its files are not supported.</exception>
    public static ImmutableSortedDictionary<string, byte[]> MissingFiles(string folder, int maxTokens, string? modelType = null)
    {
        var path = SourceOf(folder);
        return Path.GetFileName(path) == TokenizerFiles.Tokenizer
            ? ImmutableSortedDictionary<string, byte[]>.Empty
            : Checked(path, () =>
            {
                var settings = TokenizerSettings.Read(folder, modelType);
                return TokenizerWriter.Files(Convert(path, settings), ClassOf(path, settings), settings, maxTokens);
            });
    }

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

    // tokenizer.json, or the older file that has the vocabulary.
    private static string SourceOf(string folder)
        => TokenizerFiles.Vocabularies.Prepend(TokenizerFiles.Tokenizer).Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
            ?? throw new ModelFormatException(folder, $"neither {TokenizerFiles.Tokenizer} nor {string.Join(" nor ", TokenizerFiles.Vocabularies)} is there");

    private static JsonObject Convert(string path, TokenizerSettings settings)
    {
        var folder = Path.GetDirectoryName(path)!;
        return File.Exists(Path.Combine(folder, TokenizerFiles.AddedTokens))
            ? throw new ModelFormatException(folder, $"{TokenizerFiles.AddedTokens} without {TokenizerFiles.Tokenizer} is not supported")
            : ClassOf(path, settings).Convert(folder, settings);
    }

    // A folder with nothing but vocab.txt is BERT's.
    private static TokenizerClass ClassOf(string path, TokenizerSettings settings)
        => settings.Class
            ?? (settings.ClassName is null && Path.GetFileName(path) == TokenizerFiles.WordPieces ? TokenizerClasses.Bert : null)
            ?? throw new ModelFormatException(path, $"the tokenizer class {settings.ClassName?.Cut() ?? "(unknown)"} without {TokenizerFiles.Tokenizer} is not supported");

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
    }
}
