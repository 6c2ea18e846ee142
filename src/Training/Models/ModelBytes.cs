using Distributed.Training.Tokenization;

namespace Distributed.Training.Models;

/// <summary>Reads small files of a model folder whole. Their size is looked at first: memory is bounded whatever a folder holds.</summary>
internal static class ModelBytes
{
    /// <summary>Largest vocabulary, in bytes: those of published models have up to 35 MB.</summary>
    public const long MaxVocabularyBytes = 256L << 20;

    /// <summary>Largest other file, in bytes.</summary>
    public const long MaxBytes = 16L << 20;

    /// <summary>The content of a file.</summary>
    /// <exception cref="ModelFormatException">It is too large to be what its name says.</exception>
    public static byte[] Read(string path)
    {
        var most = IsVocabulary(path) ? MaxVocabularyBytes : MaxBytes;
        var length = new FileInfo(path).Length;
        return length <= most
            ? File.ReadAllBytes(path)
            : throw new ModelFormatException(path, $"{length} bytes, more than the {most >> 20} MiB that such a file may have");
    }

    /// <summary>Whether a file may hold a whole vocabulary.</summary>
    public static bool IsVocabulary(string path) =>
        Path.GetFileName(path) is var name && name is not "tokenizer_config.json" && TokenizerFolder.Files.Contains(name);
}
