using System.Text.Json;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.Subwords;

namespace Distributed.Training.Tokenization.Files;

/// <summary>Reads the model of a tokenizer.json.</summary>
internal static class SubwordModelReader
{
    /// <summary>The type of a model; files of the first days do not name it.</summary>
    public static string? TypeOf(JsonFile section) => section.Text("type")
        ?? (section.Value("merges") is not null ? "BPE" : section.Value("vocab")?.ValueKind == JsonValueKind.Array ? "Unigram" : "WordPiece");

    /// <summary>The model.</summary>
    /// <exception cref="ModelFormatException">It is damaged or of an unknown type.</exception>
    public static ISubwordModel Read(JsonFile section) => TypeOf(section) switch
    {
        "WordPiece" => WordPiece(
            section, section.Text("unk_token") ?? "[UNK]", section.Text("continuing_subword_prefix") ?? "##", section.Size("max_input_chars_per_word") ?? 100),
        "BPE" => Bpe(section, new BpeOptions
        {
            UnknownToken = section.Text("unk_token"),
            ContinuingPrefix = section.Text("continuing_subword_prefix") ?? "",
            EndSuffix = section.Text("end_of_word_suffix") ?? "",
            FusesUnknown = section.Boolean("fuse_unk") ?? false,
            FallsBackToBytes = section.Boolean("byte_fallback") ?? false,
            IgnoresMerges = section.Boolean("ignore_merges") ?? false,
        }),
        "Unigram" => Unigram(section, UnknownId(section), section.Boolean("byte_fallback") ?? false),
        var type => throw new ModelFormatException(section.Path, $"the model {type} is not supported"),
    };

    /// <summary>WordPiece with the vocabulary of a section.</summary>
    public static WordPieceModel WordPiece(JsonFile section, string unknownToken, string continuingPrefix, int longestWord)
        => new(Vocabulary(section), unknownToken, continuingPrefix, longestWord);

    /// <summary>Byte-pair encoding with the vocabulary and the merges of a section.</summary>
    public static BpeModel Bpe(JsonFile section, BpeOptions options)
        => section.Number("dropout") is null or 0
            ? new BpeModel(Vocabulary(section), [.. section.List("merges").Select(merge => Merge(section.Path, merge))], options)
            : throw new ModelFormatException(section.Path, "dropout of merges is not supported");

    /// <summary>Unigram with the pieces of a section.</summary>
    public static UnigramModel Unigram(JsonFile section, int unknownId, bool fallsBackToBytes)
        => new([.. VocabularyReader.Pieces(section)], unknownId, fallsBackToBytes);

    private static Vocabulary Vocabulary(JsonFile section) => section.Object("vocab") is { } vocabulary
        ? VocabularyReader.Read(section.Path, vocabulary.Element)
        : throw new ModelFormatException(section.Path, "the model has no vocab");

    private static int UnknownId(JsonFile section)
        => section.Value("unk_id") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var id)
            ? id
            : throw new ModelFormatException(section.Path, "Unigram without unk_id is not supported");

    // ["a", "b"], or "a b" in older files.
    private static (string Left, string Right) Merge(string path, JsonElement merge)
    {
        var parts = merge.ValueKind switch
        {
            JsonValueKind.String => merge.GetString()!.Split(' '),
            JsonValueKind.Array when merge.EnumerateArray().All(part => part.ValueKind == JsonValueKind.String) => [.. merge.EnumerateArray().Select(part => part.GetString()!)],
            _ => [],
        };
        return parts is [var left, var right] ? (left, right) : throw new ModelFormatException(path, $"merges has the entry {merge.GetRawText().Cut()}, two tokens were expected");
    }
}
