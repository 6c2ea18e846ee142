using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Distributed.Training.Models;

namespace Distributed.Training.Tokenization.Files;

/// <summary>The vocabulary files that came before tokenizer.json.</summary>
internal static class LegacyFiles
{
    private const long MostBytes = 1 << 28;

    /// <summary>A file of at most 256 MiB.</summary>
    /// <exception cref="ModelFormatException">It is larger, or not there.</exception>
    public static string Checked(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new ModelFormatException(path, "no such file");
        return file.Length <= MostBytes ? path : throw new ModelFormatException(path, $"{file.Length >> 20} MiB is more than a tokenizer's file may have, {MostBytes >> 20} MiB");
    }

    /// <summary>vocab.txt: one token a line.</summary>
    public static Vocabulary Vocabulary(string path) => Tokenization.Vocabulary.Load(Checked(path));

    /// <summary>vocab.json: tokens and ids.</summary>
    public static (Vocabulary Vocabulary, JsonObject Json) VocabularyJson(string path)
    {
        var vocabulary = VocabularyReader.Read(path, JsonFile.Read(Checked(path)).Element);
        return (vocabulary, TokenizerSections.Ids(vocabulary));
    }

    /// <summary>merges.txt: two tokens a line, after a first line with a version.</summary>
    /// <exception cref="ModelFormatException">A line is no merge.</exception>
    public static ImmutableArray<(string Left, string Right)> Merges(string path)
        => [.. File.ReadLines(Checked(path))
            .Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))
            .Select(line => line.Split(' ') is [var left, var right] ? (left, right) : throw new ModelFormatException(path, $"the line {line.Cut()} is no merge"))];
}
