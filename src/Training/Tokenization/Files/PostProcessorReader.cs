using System.Text.Json;
using Distributed.Training.Models;

namespace Distributed.Training.Tokenization.Files;

/// <summary>Reads the post_processor of a tokenizer.json, as far as it concerns texts that are no pairs.</summary>
internal static class PostProcessorReader
{
    /// <summary>The special tokens of every text.</summary>
    /// <exception cref="ModelFormatException">It is damaged or of an unknown type.</exception>
    public static SpecialTokenFrame Read(JsonFile? section) => section is null ? SpecialTokenFrame.None : section.Text("type") switch
    {
        "BertProcessing" or "RobertaProcessing" => new SpecialTokenFrame([PairId(section, "cls")], [PairId(section, "sep")]),
        "TemplateProcessing" => Template(section),
        "ByteLevel" => SpecialTokenFrame.None,
        "Sequence" => section.Objects("processors").Aggregate(SpecialTokenFrame.None, (frame, inner) => frame.Within(Read(inner))),
        var type => throw new ModelFormatException(section.Path, $"the post_processor {type ?? "without a type"} is not supported"),
    };

    private static int PairId(JsonFile section, string key)
        => section.Value(key) is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2 && pair[0].ValueKind == JsonValueKind.String
            ? VocabularyReader.Id(section.Path, pair[0].GetString()!, pair[1])
            : throw new ModelFormatException(section.Path, $"post_processor has no {key}");

    private static SpecialTokenFrame Template(JsonFile section)
    {
        var parts = section.Objects("single").Select(part => SpecialIds(section, part)).ToArray();
        var place = Array.IndexOf(parts, null);
        return place >= 0 && place == Array.LastIndexOf(parts, null)
            ? new SpecialTokenFrame([.. parts[..place].SelectMany(ids => ids!)], [.. parts[(place + 1)..].SelectMany(ids => ids!)])
            : throw new ModelFormatException(section.Path, "post_processor has a single template that does not hold the text once");
    }

    // Null stands for the text.
    private static int[]? SpecialIds(JsonFile section, JsonFile part)
    {
        if (part.Object("Sequence") is { } sequence)
            return sequence.Text("id") == "A" ? null : throw new ModelFormatException(section.Path, "post_processor has a single template with a second text");
        var token = part.Object("SpecialToken")?.Text("id");
        if (token is null || section.Object("special_tokens")?.Object(token) is not { } special)
            throw new ModelFormatException(section.Path, $"post_processor does not say the ids of {(token ?? "a part of its template").Cut()}");
        return [.. special.List("ids").Select(id => VocabularyReader.Id(section.Path, token, id))];
    }
}
