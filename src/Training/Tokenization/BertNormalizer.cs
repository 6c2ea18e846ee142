using System.Text;

namespace Distributed.Training.Tokenization;

/// <summary>
/// BERT's normalisation of text that is not plain ASCII: clean, set ideographs apart, strip accents, lower-case, in this order.
/// The same as BertNormalizer of the Hugging Face tokenizers library.
/// </summary>
internal sealed class BertNormalizer(WordPieceOptions options)
{
    private const int CapitalDottedI = 0x130;
    private const int CombiningDotAbove = 0x307;

    /// <summary>The normalised text as code points. Unpaired surrogates count as U+FFFD.</summary>
    public List<int> Normalize(ReadOnlySpan<char> text)
    {
        var codePoints = Clean(text);
        if (options.StripsAccents)
            codePoints = StripAccents(codePoints);
        return options.LowerCase ? LowerCase(codePoints) : codePoints;
    }

    private List<int> Clean(ReadOnlySpan<char> text)
    {
        var cleaned = new List<int>(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            var kinds = BertCharacters.KindsOf(rune.Value);
            if (options.CleanText && kinds.HasFlag(CharacterKinds.Removed))
                continue;
            if (options.SplitIdeographs && kinds.HasFlag(CharacterKinds.Ideograph))
                cleaned.AddRange([' ', rune.Value, ' ']);
            else
                cleaned.Add(options.CleanText && kinds.HasFlag(CharacterKinds.Space) ? ' ' : rune.Value);
        }

        return cleaned;
    }

    private static List<int> StripAccents(List<int> codePoints)
    {
        var decomposed = new List<int>(codePoints.Count + 16);
        foreach (var codePoint in codePoints)
            BertCharacters.Decompose(codePoint, decomposed);
        BertCharacters.Reorder(decomposed);
        decomposed.RemoveAll(codePoint => BertCharacters.KindsOf(codePoint).HasFlag(CharacterKinds.Mark));
        return decomposed;
    }

    // Character by character, so there is no final sigma; the dotted capital I is the only one that becomes two.
    private static List<int> LowerCase(List<int> codePoints)
    {
        var lowered = new List<int>(codePoints.Count);
        foreach (var codePoint in codePoints)
        {
            if (codePoint == CapitalDottedI)
                lowered.AddRange(['i', CombiningDotAbove]);
            else
                lowered.Add(Rune.ToLowerInvariant(new Rune(codePoint)).Value);
        }

        return lowered;
    }
}
