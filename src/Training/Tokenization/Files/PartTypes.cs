using System.Collections.Immutable;
using Distributed.Training.Models;

namespace Distributed.Training.Tokenization.Files;

/// <summary>
/// The types of a tokenizer.json's parts that the tokenizers library has. Others are refused even where the part is not obeyed, as in Python, which cannot read
/// such a file: it was written for another program, or is damaged.
/// </summary>
internal static class PartTypes
{
    private const string Sequence = "Sequence";

    private static readonly ImmutableArray<Part> Parts =
    [
        new("normalizer", "normalizers",
        [
            "BertNormalizer", "ByteLevel", "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Nmt", "Precompiled", "Prepend", "Replace", "Strip", "StripAccents",
        ]),
        new("pre_tokenizer", "pretokenizers",
        [
            "BertPreTokenizer", "ByteLevel", "CharDelimiterSplit", "Delimiter", "Digits", "FixedLength", "Metaspace", "Punctuation", "Split", "UnicodeScripts", "Whitespace",
            "WhitespaceSplit",
        ]),
        new("post_processor", "processors", ["BertProcessing", "ByteLevel", "RobertaProcessing", "TemplateProcessing"]),
        new("decoder", "decoders", ["BPEDecoder", "ByteFallback", "ByteLevel", "CTC", "Fuse", "Metaspace", "Replace", "Strip", "WordPiece"]),
    ];

    /// <summary>Refuses a file with an unknown type.</summary>
    /// <exception cref="ModelFormatException">A part, or one within its sequences, has one; the message names both.</exception>
    public static void Check(JsonFile json)
    {
        foreach (var part in Parts)
        {
            if (json.Object(part.Key) is { } section)
                Check(section, part);
        }
    }

    private static void Check(JsonFile section, Part part)
    {
        var type = section.Text("type");
        if (type == Sequence)
        {
            foreach (var inner in section.Objects(part.List))
                Check(inner, part);
        }
        else if (type is null || !part.Types.Contains(type))
        {
            throw new ModelFormatException(section.Path, $"the {part.Key} {type?.Cut() ?? "without a type"} is not supported");
        }
    }

    /// <param name="Key">Its key.</param>
    /// <param name="List">Key of the list in its sequences.</param>
    /// <param name="Types">The types besides sequences.</param>
    private sealed record Part(string Key, string List, ImmutableArray<string> Types);
}
