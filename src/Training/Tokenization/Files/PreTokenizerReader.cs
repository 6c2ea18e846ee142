using System.Text;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.PreTokenizers;
using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Files;

/// <summary>Reads the pre_tokenizer of a tokenizer.json.</summary>
internal static class PreTokenizerReader
{
    /// <summary>The pre-tokeniser, null if there is none.</summary>
    /// <exception cref="ModelFormatException">It is damaged or of an unknown type.</exception>
    public static IPreTokenizer? Read(JsonFile? section) => section is null ? null : section.Text("type") switch
    {
        "Sequence" => new PreTokenizerSequence([.. section.Objects("pretokenizers").Select(Read).OfType<IPreTokenizer>()]),
        "BertPreTokenizer" => new BertPreTokenizer(),
        "ByteLevel" => new ByteLevelPreTokenizer(section.Boolean("add_prefix_space") ?? true, section.Boolean("use_regex") ?? true),
        "Metaspace" => Metaspace(section),
        "WhitespaceSplit" => new WhitespacePreTokenizer(),
        "Whitespace" => new SplitPreTokenizer(RunPattern.Words, SplitBehavior.Removed, inverts: true),
        "Punctuation" => new SplitPreTokenizer(
            RunPattern.Each(codePoint => (BertCharacters.KindsOf(codePoint) & CharacterKinds.Punctuation) != 0), Behavior(section, SplitBehavior.Isolated), inverts: false),
        "Digits" => new SplitPreTokenizer(
            RunPattern.Each(codePoint => (UnicodeTables.KindsOf(codePoint) & UnicodeKinds.Numeric) != 0),
            section.Boolean("individual_digits") == true ? SplitBehavior.Isolated : SplitBehavior.Contiguous,
            inverts: false),
        "Split" => new SplitPreTokenizer(PatternReader.Read(section), Behavior(section, null), section.Boolean("invert") ?? false),
        var type => throw new ModelFormatException(section.Path, $"the pre_tokenizer {type ?? "without a type"} is not supported"),
    };

    private static MetaspacePreTokenizer Metaspace(JsonFile section)
    {
        var replacement = section.Text("replacement") ?? "▁";
        if (replacement.EnumerateRunes().Count() != 1)
            throw new ModelFormatException(section.Path, $"Metaspace has the replacement {replacement.Cut()}, one character was expected");
        var scheme = section.Text("prepend_scheme") switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            null => section.Boolean("add_prefix_space") == false ? PrependScheme.Never : PrependScheme.Always,
            var other => throw new ModelFormatException(section.Path, $"Metaspace has the prepend_scheme {other.Cut()}; always, first and never are known"),
        };
        return new MetaspacePreTokenizer(Encoding.UTF8.GetBytes(replacement), scheme, section.Boolean("split") ?? true);
    }

    private static SplitBehavior Behavior(JsonFile section, SplitBehavior? standard) => section.Text("behavior") switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        null when standard is { } behavior => behavior,
        var other => throw new ModelFormatException(section.Path, $"{section.Text("type")} has the behavior {(other ?? "null").Cut()}, which is not supported"),
    };
}
