using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Distributed.Training.Models;

namespace Distributed.Training.Tokenization.Files;

/// <summary>The vocabulary files that came before tokenizer.json.</summary>
internal static class LegacyFiles
{
    /// <summary>vocab.txt: one token a line.</summary>
    public static Vocabulary Vocabulary(string path) => Tokenization.Vocabulary.OfLines(ModelBytes.Lines(path));

    /// <summary>vocab.json: tokens and ids.</summary>
    public static (Vocabulary Vocabulary, JsonObject Json) VocabularyJson(string path)
    {
        var vocabulary = VocabularyReader.Read(path, JsonFile.Read(path).Element);
        return (vocabulary, TokenizerSections.Ids(vocabulary));
    }

    /// <summary>merges.txt: two tokens a line, after a first line with a version.</summary>
    /// <exception cref="ModelFormatException">A line is no merge.</exception>
    public static ImmutableArray<(string Left, string Right)> Merges(string path)
        => [.. ModelBytes.Lines(path)
            .Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))
            .Select(line => line.Split(' ') is [var left, var right] ? (left, right) : throw new ModelFormatException(path, $"the line {line.Cut()} is no merge"))];
}
