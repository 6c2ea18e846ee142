using System.Text.Json.Nodes;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.Files;
using Distributed.Training.Tokenization.Subwords;

namespace Distributed.Training.Tokenization.Classes;

/// <summary>BERT's tokenizer, and MPNet's, which has RoBERTa's special tokens.</summary>
/// <param name="name">Its name.</param>
/// <param name="isMPNet">Whether it is MPNet's.</param>
internal sealed class BertClass(string name, bool isMPNet = false) : TokenizerClass(name)
{
    private const string Prefix = "##";
    private const int LongestWord = 100;

    private static readonly KeyValuePair<string, string>[] BertTokens =
        [new("cls_token", "[CLS]"), new("mask_token", "[MASK]"), new("pad_token", "[PAD]"), new("sep_token", "[SEP]"), new("unk_token", "[UNK]")];

    private static readonly KeyValuePair<string, string>[] MPNetTokens =
    [
        new("bos_token", "<s>"), new("cls_token", "<s>"), new("eos_token", "</s>"), new("mask_token", "<mask>"), new("pad_token", "<pad>"),
        new("sep_token", "</s>"), new("unk_token", "[UNK]"),
    ];

    /// <inheritdoc/>
    public override string ModelType => "WordPiece";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> SpecialTokens => isMPNet ? MPNetTokens : BertTokens;

    /// <inheritdoc/>
    public override ISubwordModel Model(JsonFile section, TokenizerSettings settings)
        => SubwordModelReader.WordPiece(section, Token(settings, "unk_token"), Prefix, LongestWord);

    /// <inheritdoc/>
    public override JsonObject Normalizer(TokenizerSettings settings, JsonFile? file)
    {
        var own = file?.FindType("BertNormalizer");
        return TokenizerSections.BertNormalizer(
            cleansText: true,
            settings.Boolean("tokenize_chinese_chars") ?? own?.Boolean("handle_chinese_chars") ?? true,
            settings.Has("strip_accents") ? settings.Boolean("strip_accents") : own?.Boolean("strip_accents"),
            settings.Boolean("do_lower_case") ?? own?.Boolean("lowercase") ?? true);
    }

    /// <inheritdoc/>
    public override JsonObject PreTokenizer(TokenizerSettings settings, JsonFile? file) => new() { ["type"] = "BertPreTokenizer" };

    /// <inheritdoc/>
    public override JsonObject PostProcessor(TokenizerSettings settings, Func<string, int?> find)
    {
        var (first, last) = (TokenWithId(settings, "cls_token", find), TokenWithId(settings, "sep_token", find));
        return isMPNet ? TokenizerSections.RobertaProcessing(first, last, addsPrefixSpace: false) : TokenizerSections.Template(first, last, separators: 1, secondType: 1);
    }

    /// <inheritdoc/>
    public override JsonObject Convert(string folder, TokenizerSettings settings)
        => Document(LegacyFiles.Vocabulary(Path.Combine(folder, TokenizerFiles.WordPieces)), settings);

    /// <summary>The whole tokenizer.json of a vocabulary.</summary>
    /// <exception cref="ArgumentException">The vocabulary lacks a special token.</exception>
    public JsonObject Document(Vocabulary vocabulary, TokenizerSettings settings) => TokenizerSections.Document(
        AddedTokens(settings, vocabulary.Find, maskStripsLeft: isMPNet),
        Normalizer(settings, null),
        PreTokenizer(settings, null),
        PostProcessor(settings, vocabulary.Find),
        TokenizerSections.WordPieceDecoder(Prefix),
        TokenizerSections.WordPiece(Token(settings, "unk_token"), Prefix, LongestWord, vocabulary));
}
