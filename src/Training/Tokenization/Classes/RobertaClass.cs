using System.Text.Json.Nodes;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.Files;
using Distributed.Training.Tokenization.Subwords;

namespace Distributed.Training.Tokenization.Classes;

/// <summary>RoBERTa's tokenizer: byte-level BPE.</summary>
internal sealed class RobertaClass(string name) : TokenizerClass(name)
{
    private const string AddPrefixSpace = "add_prefix_space";

    /// <inheritdoc/>
    public override string ModelType => "BPE";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> SpecialTokens { get; } =
    [
        new("bos_token", "<s>"), new("cls_token", "<s>"), new("eos_token", "</s>"), new("mask_token", "<mask>"), new("pad_token", "<pad>"),
        new("sep_token", "</s>"), new("unk_token", "<unk>"),
    ];

    /// <inheritdoc/>
    public override ISubwordModel Model(JsonFile section, TokenizerSettings settings) => SubwordModelReader.Bpe(section, new BpeOptions());

    /// <inheritdoc/>
    public override JsonObject? Normalizer(TokenizerSettings settings, JsonFile? file) => null;

    /// <inheritdoc/>
    public override JsonObject PreTokenizer(TokenizerSettings settings, JsonFile? file)
        => TokenizerSections.ByteLevel(settings.Boolean(AddPrefixSpace) ?? file?.FindType("ByteLevel")?.Boolean(AddPrefixSpace) ?? false);

    /// <inheritdoc/>
    public override JsonObject PostProcessor(TokenizerSettings settings, Func<string, int?> find)
        => TokenizerSections.RobertaProcessing(
            TokenWithId(settings, "cls_token", find), TokenWithId(settings, "sep_token", find), settings.Boolean(AddPrefixSpace) ?? false);

    // The mask token of these files loses its lstrip in Python too, unless tokenizer_config.json has it as an object.
    /// <inheritdoc/>
    public override JsonObject Convert(string folder, TokenizerSettings settings)
    {
        var (vocabulary, tokens) = LegacyFiles.VocabularyJson(Path.Combine(folder, TokenizerFiles.BytePairs));
        return TokenizerSections.Document(
            AddedTokens(settings, vocabulary.Find, maskStripsLeft: false),
            Normalizer(settings, null),
            PreTokenizer(settings, null),
            PostProcessor(settings, vocabulary.Find),
            TokenizerSections.ByteLevel(addsPrefixSpace: true),
            new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = "",
                ["end_of_word_suffix"] = "",
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = tokens,
                ["merges"] = new JsonArray([.. LegacyFiles.Merges(Path.Combine(folder, TokenizerFiles.Merges)).Select(merge => new JsonArray(merge.Left, merge.Right))]),
            });
    }
}
