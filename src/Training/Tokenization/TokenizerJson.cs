using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Training.Models;

namespace Distributed.Training.Tokenization;

/// <summary>Reads tokenizer.json of the Hugging Face tokenizers library, as far as it describes BERT's tokenizer.</summary>
internal static class TokenizerJson
{
    private static readonly ImmutableArray<string> UnsupportedFlags = ["single_word", "lstrip", "rstrip", "normalized"];

    /// <summary>Vocabulary and settings. The file's own truncation and padding are left aside, as Python leaves them.</summary>
    /// <exception cref="ModelFormatException">It is damaged, or describes another kind of tokenizer.</exception>
    public static (Vocabulary Vocabulary, WordPieceOptions Options) Read(string path)
    {
        var json = JsonFile.Read(path);
        var model = Section(json, "model", "WordPiece");
        var normalizer = Section(json, "normalizer", "BertNormalizer");
        _ = Section(json, "pre_tokenizer", "BertPreTokenizer");
        var ids = Ids(model);
        var options = WithPostProcessor(json, new WordPieceOptions
        {
            LowerCase = normalizer.Boolean("lowercase") ?? true,
            StripAccents = normalizer.Boolean("strip_accents"),
            CleanText = normalizer.Boolean("clean_text") ?? true,
            SplitIdeographs = normalizer.Boolean("handle_chinese_chars") ?? true,
            ContinuingPrefix = model.Text("continuing_subword_prefix") ?? "##",
            MaxWordLength = model.Size("max_input_chars_per_word") ?? 100,
            UnknownToken = model.Text("unk_token") ?? "[UNK]",
            TypedTokens = AddedTokens(json, ids),
        });
        return (new Vocabulary(ids), options);
    }

    private static JsonFile Section(JsonFile json, string key, string supportedType)
    {
        var section = json.Object(key) ?? throw new ModelFormatException(json.Path, $"no {key}; {supportedType} was expected");
        var type = section.Text("type");
        return type is null || type == supportedType
            ? section
            : throw new ModelFormatException(json.Path, $"{key} is {type}; only {supportedType} is supported");
    }

    private static Dictionary<string, int> Ids(JsonFile model)
    {
        var vocabulary = model.Object("vocab") ?? throw new ModelFormatException(model.Path, "the model has no vocab");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var token in vocabulary.Element.EnumerateObject())
            ids[token.Name] = Id(model.Path, token.Name, token.Value);
        return ids;
    }

    private static int Id(string path, string token, JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var id) && id >= 0
            ? id
            : throw new ModelFormatException(path, $"token {token} has the id {value.GetRawText()}");

    private static ImmutableArray<string> AddedTokens(JsonFile json, Dictionary<string, int> ids)
    {
        var tokens = ImmutableArray.CreateBuilder<string>();
        if (json.Value("added_tokens") is not { ValueKind: JsonValueKind.Array } list)
            return [];
        foreach (var token in list.EnumerateArray().Select(element => new JsonFile(json.Path, element)))
        {
            var content = token.Text("content") ?? throw new ModelFormatException(json.Path, "an added token has no content");
            if (UnsupportedFlags.FirstOrDefault(flag => token.Boolean(flag) == true) is { } flag)
                throw new ModelFormatException(json.Path, $"the added token {content} has {flag} set, which is not supported");
            if (token.Value("id") is { } id)
                ids[content] = Id(json.Path, content, id);
            tokens.Add(content);
        }

        return tokens.ToImmutable();
    }

    // TemplateProcessing: [class token, text, separator]. BertProcessing: the two under their names.
    private static WordPieceOptions WithPostProcessor(JsonFile json, WordPieceOptions options)
    {
        var processor = json.Object("post_processor");
        switch (processor?.Text("type"))
        {
            case "BertProcessing":
                return options with { ClassToken = Name(processor, "cls"), SeparatorToken = Name(processor, "sep") };
            case "TemplateProcessing" when processor.Value("single") is { ValueKind: JsonValueKind.Array } single:
                var parts = single.EnumerateArray()
                    .Select(part => new JsonFile(json.Path, part).Object("SpecialToken")?.Text("id"))
                    .ToArray();
                return parts is [{ } first, null, { } last]
                    ? options with { ClassToken = first, SeparatorToken = last }
                    : throw new ModelFormatException(json.Path, "post_processor is no [class token, text, separator]");
            case null:
                throw new ModelFormatException(json.Path, "no post_processor");
            case var type:
                throw new ModelFormatException(json.Path, $"post_processor is {type}; only TemplateProcessing and BertProcessing are supported");
        }
    }

    private static string Name(JsonFile processor, string key)
        => processor.Value(key) is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2 && pair[0].ValueKind == JsonValueKind.String
            ? pair[0].GetString()!
            : throw new ModelFormatException(processor.Path, $"post_processor has no {key}");
}
