using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.PreTokenizers;

/// <summary>
/// The pattern of GPT-4 and what follows it, <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// Every place of a text starts a match.
/// </summary>
/// <param name="mostDigits">Longest number: 3, or 1.</param>
internal sealed class Cl100kPattern(int mostDigits) : ITextPattern
{
    /// <inheritdoc/>
    public bool TryFind(ReadOnlySpan<byte> text, int from, out TextRange match)
    {
        match = from < text.Length ? new TextRange(from, End(text, from) - from) : default;
        return match.Length > 0;
    }

    private int End(ReadOnlySpan<byte> text, int start)
    {
        if (text[start] == '\'' && Contraction(text[(start + 1)..]) is > 0 and var contraction)
            return start + 1 + contraction;
        var kind = Gpt2Pattern.ClassOf(text, start, out var length);
        if (kind == UnicodeKinds.Letter)
            return Gpt2Pattern.RunEnd(text, start + length, kind);
        if (kind == UnicodeKinds.Number)
            return NumberEnd(text, start);
        var after = start + length;
        var next = after < text.Length ? Gpt2Pattern.ClassOf(text, after, out _) : UnicodeKinds.White;
        if (!IsLineEnd(text[start]) && next == UnicodeKinds.Letter)
            return Gpt2Pattern.RunEnd(text, after, next);
        if (kind == UnicodeKinds.None || (text[start] == ' ' && next == UnicodeKinds.None))
            return LineEnds(text, Gpt2Pattern.RunEnd(text, after, UnicodeKinds.None));
        return WhiteEnd(text, start);
    }

    private int NumberEnd(ReadOnlySpan<byte> text, int start)
    {
        for (var count = 0; count < mostDigits && start < text.Length && Gpt2Pattern.ClassOf(text, start, out var length) == UnicodeKinds.Number; count++)
            start += length;
        return start;
    }

    // White space up to its last line end is one match.
    private static int WhiteEnd(ReadOnlySpan<byte> text, int start)
    {
        var end = Gpt2Pattern.RunEnd(text, start, UnicodeKinds.White);
        var lastLineEnd = text[start..end].LastIndexOfAny((byte)'\r', (byte)'\n');
        return lastLineEnd >= 0 ? start + lastLineEnd + 1 : Gpt2Pattern.WhiteEnd(text, start);
    }

    private static int LineEnds(ReadOnlySpan<byte> text, int start)
    {
        while (start < text.Length && IsLineEnd(text[start]))
            start++;
        return start;
    }

    private static bool IsLineEnd(byte character) => character is (byte)'\r' or (byte)'\n';

    // The long s (U+017F) is an s without regard to case.
    private static int Contraction(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'s' or (byte)'S' or (byte)'t' or (byte)'T' or (byte)'m' or (byte)'M' or (byte)'d' or (byte)'D', ..] => 1,
        [(byte)'r' or (byte)'R' or (byte)'v' or (byte)'V', (byte)'e' or (byte)'E', ..] => 2,
        [(byte)'l' or (byte)'L', (byte)'l' or (byte)'L', ..] => 2,
        [0xC5, 0xBF, ..] => 2,
        _ => 0,
    };
}
