using Distributed.Training.Tokenization.Files;

namespace Distributed.Training.Models;

/// <summary>The files of a model folder that are read whole. Their size is looked at first: memory is bounded whatever a folder holds.</summary>
internal static class ModelBytes
{
    /// <summary>Largest vocabulary, in bytes: those of published models have up to 35 MB, or 60 for a million pieces.</summary>
    private const long MaxVocabularyBytes = 128L << 20;

    /// <summary>Largest other file, in bytes.</summary>
    private const long MaxBytes = 16L << 20;

    /// <summary>Most JSON tokens of a vocabulary: 4 for each of a million pieces are half of it.</summary>
    private const int MaxVocabularyTokens = 8_000_000;

    /// <summary>Most JSON tokens of another file: an index of 100,000 tensors has a fifth of it.</summary>
    private const int MaxTokens = 1_000_000;

    /// <summary>Most tokens, merges or pieces of an older vocabulary: a million are the most that published models have.</summary>
    public const int MaxEntries = 1 << 20;

    /// <summary>Largest older vocabulary of lines, in bytes.</summary>
    private const long MaxLinesBytes = 32L << 20;

    /// <summary>The content of a file.</summary>
    /// <exception cref="ModelFormatException">It is not there, or too large to be what its name says.</exception>
    public static byte[] Read(string path) => File.ReadAllBytes(Checked(path, IsVocabulary(path) ? MaxVocabularyBytes : MaxBytes));

    /// <summary>The lines of a vocabulary, whatever its name.</summary>
    /// <exception cref="ModelFormatException">It is not there, or too large to be one.</exception>
    public static IEnumerable<string> Lines(string path) => File.ReadLines(Checked(path, MaxLinesBytes))
        .Select((line, index) => index < MaxEntries ? line : throw new ModelFormatException(path, $"more than {MaxEntries} lines"));

    /// <summary>How many keys, values and ends of lists and objects the JSON of a file may have.</summary>
    public static int MostJsonTokens(string path) => IsVocabulary(path) ? MaxVocabularyTokens : MaxTokens;

    /// <summary>Whether a file may hold a whole vocabulary.</summary>
    public static bool IsVocabulary(string path)
        => Path.GetFileName(path) is var name && name is not TokenizerFiles.Settings && TokenizerFiles.All.Contains(name);

    private static string Checked(string path, long most)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new ModelFormatException(path, "no such file");
        return file.Length <= most
            ? path
            : throw new ModelFormatException(path, $"{file.Length} bytes, more than the {most >> 20} MiB that such a file may have");
    }
}
