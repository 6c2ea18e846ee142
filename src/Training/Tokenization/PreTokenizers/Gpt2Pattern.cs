using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.PreTokenizers;

/// <summary>
/// GPT-2's pattern, <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>. Every place of a text starts a match.
/// </summary>
internal sealed class Gpt2Pattern : ITextPattern
{
    private const UnicodeKinds Classes = UnicodeKinds.Letter | UnicodeKinds.Number | UnicodeKinds.White;
    private static readonly UnicodeKinds[] AsciiClasses = [.. Enumerable.Range(0, 128).Select(character => UnicodeTables.KindsOf(character) & Classes)];

    /// <inheritdoc/>
    public bool TryFind(ReadOnlySpan<byte> text, int from, out TextRange match)
    {
        match = from < text.Length ? new TextRange(from, End(text, from) - from) : default;
        return match.Length > 0;
    }

    /// <summary>Where the match that starts at a place ends.</summary>
    public static int End(ReadOnlySpan<byte> text, int start)
    {
        if (text[start] == '\'' && Contraction(text[(start + 1)..]) is > 0 and var contraction)
            return start + 1 + contraction;
        var word = start;
        var kind = ClassOf(text, word, out var length);
        if (text[start] == ' ' && start + 1 < text.Length && ClassOf(text, start + 1, out var following) is var next and not UnicodeKinds.White)
            (word, kind, length) = (start + 1, next, following);
        return kind == UnicodeKinds.White ? WhiteEnd(text, word) : RunEnd(text, word + length, kind);
    }

    /// <summary>Where white space ends that starts at a place: all of it at the end of the text, otherwise all but the last character, which belongs to the word.</summary>
    public static int WhiteEnd(ReadOnlySpan<byte> text, int start)
    {
        var end = RunEnd(text, start, UnicodeKinds.White);
        if (end == text.Length)
            return end;
        Utf8.ReadBefore(text, end, out var last);
        return end - last > start ? end - last : end;
    }

    /// <summary>Where the run of a class ends.</summary>
    public static int RunEnd(ReadOnlySpan<byte> text, int start, UnicodeKinds kind)
    {
        while (start < text.Length && ClassOf(text, start, out var length) == kind)
            start += length;
        return start;
    }

    /// <summary>Letter, number, white space or none of them.</summary>
    public static UnicodeKinds ClassOf(ReadOnlySpan<byte> text, int place, out int length)
    {
        length = 1;
        return text[place] < 0x80 ? AsciiClasses[text[place]] : UnicodeTables.KindsOf(Utf8.Read(text, place, out length)) & Classes;
    }

    private static int Contraction(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'s' or (byte)'t' or (byte)'m' or (byte)'d', ..] => 1,
        [(byte)'r' or (byte)'v', (byte)'e', ..] => 2,
        [(byte)'l', (byte)'l', ..] => 2,
        _ => 0,
    };
}
