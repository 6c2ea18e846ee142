using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.Files;
using Distributed.Training.Tokenization.Subwords;

namespace Distributed.Training.Tokenization.Classes;

/// <summary>XLM-RoBERTa's tokenizer: SentencePiece's unigram pieces in fairseq's order.</summary>
internal sealed class XlmRobertaClass(string name) : TokenizerClass(name)
{
    private const int UnknownId = 3;
    private static readonly ImmutableArray<string> FirstTokens = ["bos_token", "pad_token", "eos_token", "unk_token"];
    private const int ControlPieces = 3; // <unk> <s> </s> of SentencePiece, in place of which there are four tokens

    /// <inheritdoc/>
    public override string ModelType => "Unigram";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> SpecialTokens { get; } =
    [
        new("bos_token", "<s>"), new("cls_token", "<s>"), new("eos_token", "</s>"), new("mask_token", "<mask>"), new("pad_token", "<pad>"),
        new("sep_token", "</s>"), new("unk_token", "<unk>"),
    ];

    /// <inheritdoc/>
    public override ISubwordModel Model(JsonFile section, TokenizerSettings settings) => SubwordModelReader.Unigram(section, UnknownId, fallsBackToBytes: false);

    /// <inheritdoc/>
    public override JsonObject? Normalizer(TokenizerSettings settings, JsonFile? file)
        => file?.FindType("Precompiled")?.Text("precompiled_charsmap") is { } map ? Precompiled(map) : null;

    /// <inheritdoc/>
    public override JsonObject PreTokenizer(TokenizerSettings settings, JsonFile? file) => new()
    {
        ["type"] = "Sequence",
        ["pretokenizers"] = new JsonArray(new JsonObject { ["type"] = "WhitespaceSplit" }, TokenizerSections.Metaspace(AddsPrefixSpace(settings))),
    };

    /// <inheritdoc/>
    public override JsonObject PostProcessor(TokenizerSettings settings, Func<string, int?> find)
        => TokenizerSections.Template(TokenWithId(settings, "bos_token", find), TokenWithId(settings, "eos_token", find), separators: 2, secondType: 0);

    /// <inheritdoc/>
    public override JsonObject Convert(string folder, TokenizerSettings settings)
    {
        var path = Path.Combine(folder, TokenizerFiles.SentencePieces);
        var model = SentencePieceModel.Read(path);
        if (!model.IsUnigram || model.Pieces.Length < ControlPieces)
            throw new ModelFormatException(path, "no unigram model");
        ImmutableArray<KeyValuePair<string, double>> pieces =
        [
            .. FirstTokens.Select(name => KeyValuePair.Create(Token(settings, name), 0.0)),
            .. model.Pieces[ControlPieces..].Select(piece => KeyValuePair.Create(piece.Key, (double)piece.Value)),
            KeyValuePair.Create(Token(settings, "mask_token"), 0.0),
        ];
        var ids = pieces.Index().DistinctBy(piece => piece.Item.Key).ToDictionary(piece => piece.Item.Key, piece => piece.Index, StringComparer.Ordinal);
        int? Find(string token) => ids.TryGetValue(token, out var id) ? id : null;

        return TokenizerSections.Document(
            AddedTokens(settings, Find, maskStripsLeft: true),
            model.CharacterMap.IsEmpty ? null : Precompiled(System.Convert.ToBase64String(model.CharacterMap.AsSpan())),
            PreTokenizer(settings, null),
            PostProcessor(settings, Find),
            TokenizerSections.Metaspace(AddsPrefixSpace(settings)),
            new JsonObject
            {
                ["type"] = "Unigram",
                ["unk_id"] = UnknownId,
                ["vocab"] = new JsonArray([.. pieces.Select(piece => new JsonArray(piece.Key, piece.Value))]),
                ["byte_fallback"] = false,
            });
    }

    private static bool AddsPrefixSpace(TokenizerSettings settings) => settings.Boolean("add_prefix_space") ?? true;

    private static JsonObject Precompiled(string map) => new() { ["type"] = "Precompiled", ["precompiled_charsmap"] = map };
}
