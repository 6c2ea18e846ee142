using System.Text.Json;
using System.Text.Json.Nodes;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.Classes;
using Distributed.Training.Tokenization.Normalizers;

namespace Distributed.Training.Tokenization.Files;

/// <summary>Reads tokenizer.json of the Hugging Face tokenizers library.</summary>
internal static class TokenizerJson
{
    /// <summary>
    /// The tokenizer. Where Python has a class for it, the class decides instead of the file. The file's own length of truncation and of padding are left
    /// aside, as Python leaves them; its direction of truncation is not.
    /// </summary>
    /// <exception cref="ModelFormatException">The file is damaged, or has a part that is not supported.</exception>
    /// <exception cref="ArgumentException">Its parts do not fit together.</exception>
    public static Tokenizer Read(JsonFile json, TokenizerSettings settings, bool lowerCases = false)
    {
        if (json.Value("version") is { } version && json.Text("version") != "1.0")
            throw new ModelFormatException(json.Path, $"the version is {version.GetRawText().Cut()}, 1.0 was expected");
        PartTypes.Check(json);
        var section = json.Object("model") ?? throw new ModelFormatException(json.Path, "no model");
        var known = settings.Class?.ModelType == SubwordModelReader.TypeOf(section) ? settings.Class : null;
        if (IsOnTheLeft(json, settings, "padding"))
            throw new ModelFormatException(json.Path, "padding on the left is not supported: positions would depend on the other texts of a batch");

        var (normalizer, preTokenizer) = (json.Object("normalizer"), json.Object("pre_tokenizer"));
        var ownNormalizer = NormalizerReader.Read(known is null ? normalizer : Section(json, known.Normalizer(settings, normalizer)));
        var parts = new TokenizerParts
        {
            AddedTokens = AddedTokenReader.Read(json),
            Normalizer = lowerCases ? LowerCasing(ownNormalizer) : ownNormalizer,
            PreTokenizer = PreTokenizerReader.Read(known is null ? preTokenizer : Section(json, known.PreTokenizer(settings, preTokenizer))),
            Model = known?.Model(section, settings) ?? SubwordModelReader.Read(section),
            KeepsEnd = IsOnTheLeft(json, settings, "truncation"),
        };
        var tokenizer = new Tokenizer(parts, find => PostProcessorReader.Read(
            known is null ? json.Object("post_processor") : Section(json, known.PostProcessor(settings, find))));
        return tokenizer.SpecialTokens > 0 ? tokenizer : throw new ModelFormatException(json.Path, "no special tokens around a text: an empty one would have no tokens");
    }

    private static NormalizerSequence LowerCasing(INormalizer? normalizer)
        => new(normalizer is null ? [LowercaseNormalizer.Instance] : [LowercaseNormalizer.Instance, normalizer]);

    private static bool IsOnTheLeft(JsonFile json, TokenizerSettings settings, string part)
        => (settings.Text($"{part}_side") ?? json.Object(part)?.Text("direction") ?? "right") switch
        {
            "right" or "Right" => false,
            "left" or "Left" => true,
            var other => throw new ModelFormatException(json.Path, $"{part} has the direction {other.Cut()}"),
        };

    private static JsonFile? Section(JsonFile json, JsonObject? section)
        => section is null ? null : new JsonFile(json.Path, JsonSerializer.SerializeToElement(section));
}
