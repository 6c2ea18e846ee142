using System.Text;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.Normalizers;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Files;

/// <summary>Reads the normalizer of a tokenizer.json.</summary>
internal static class NormalizerReader
{
    /// <summary>The normaliser, null if there is none.</summary>
    /// <exception cref="ModelFormatException">It is damaged or of an unknown type.</exception>
    public static INormalizer? Read(JsonFile? section) => section is null ? null : section.Text("type") switch
    {
        "Sequence" => new NormalizerSequence([.. section.Objects("normalizers").Select(Read).OfType<INormalizer>()]),
        "BertNormalizer" => Bert(section),
        "Lowercase" => LowercaseNormalizer.Instance,
        "StripAccents" => MapNormalizer.StripAccents,
        "Nmt" => MapNormalizer.Nmt,
        "NFC" => new FormNormalizer(new UnicodeForm(Compatibility: false, Composes: true)),
        "NFD" => new FormNormalizer(UnicodeForm.Decomposed),
        "NFKC" => new FormNormalizer(new UnicodeForm(Compatibility: true, Composes: true)),
        "NFKD" => new FormNormalizer(new UnicodeForm(Compatibility: true, Composes: false)),
        "Strip" => new StripNormalizer(section.Boolean("strip_left") ?? true, section.Boolean("strip_right") ?? true),
        "Prepend" => new PrependNormalizer(Encoding.UTF8.GetBytes(section.RequiredText("prepend"))),
        "Replace" => new ReplaceNormalizer(PatternReader.Read(section), Encoding.UTF8.GetBytes(section.RequiredText("content"))),
        "Precompiled" => section.Text("precompiled_charsmap") is { Length: > 0 } map ? Precompiled(section, map) : null,
        "ByteLevel" => new ByteLevelNormalizer(),
        var type => throw new ModelFormatException(section.Path, $"the normalizer {type ?? "without a type"} is not supported"),
    };

    private static BertNormalizer Bert(JsonFile section)
    {
        var lowerCases = section.Boolean("lowercase") ?? true;
        return new BertNormalizer(
            section.Boolean("clean_text") ?? true,
            section.Boolean("handle_chinese_chars") ?? true,
            section.Boolean("strip_accents") ?? lowerCases,
            lowerCases);
    }

    private static PrecompiledNormalizer Precompiled(JsonFile section, string map)
    {
        var bytes = new byte[map.Length / 4 * 3 + 3];
        if (!Convert.TryFromBase64String(map, bytes, out var length))
            throw new ModelFormatException(section.Path, "precompiled_charsmap is no base64");
        return new PrecompiledNormalizer(new CharacterMap(bytes.AsSpan(0, length)));
    }
}
