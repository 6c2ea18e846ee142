using static Distributed.Training.Tokenization.Unicode.GraphemeKind;

namespace Distributed.Training.Tokenization.Unicode;

/// <summary>Extended grapheme clusters of Unicode 17 (UAX 29).</summary>
internal static class GraphemeClusters
{
    private static readonly GraphemeKind[] Kinds = Read();

    /// <summary>Where the cluster that starts at a place ends.</summary>
    public static int End(ReadOnlySpan<byte> text, int start)
    {
        var before = Kinds[Utf8.Read(text, start, out var length)];
        var end = start + length;
        var regionals = before == Regional ? 1 : 0;
        var pictograph = before == Pictographic ? 1 : 0; // 1: then extends only; 2: then a joiner too
        var (isConjunct, isLinked) = (before == Consonant, false);
        while (end < text.Length)
        {
            var after = Kinds[Utf8.Read(text, end, out length)];
            var joins = Joins(before, after)
                || (before == Regional && after == Regional && regionals % 2 == 1)
                || (after == Pictographic && pictograph == 2)
                || (after == Consonant && isConjunct && isLinked);
            if (!joins)
                break;
            end += length;
            regionals = after == Regional ? regionals + 1 : 0;
            pictograph = after == Pictographic || (IsExtend(after) && pictograph == 1) ? 1 : after == Joiner && pictograph == 1 ? 2 : 0;
            isLinked = after == Linker || (isLinked && after != Consonant);
            isConjunct = after == Consonant || (isConjunct && (after is Extend or Linker or Joiner));
            before = after;
        }

        return end;
    }

    // GB3 to GB9b: what two neighbours decide by themselves.
    private static bool Joins(GraphemeKind before, GraphemeKind after) => (before, after) switch
    {
        (Return, Feed) => true,
        (Control or Return or Feed, _) => false,
        (_, Control or Return or Feed) => false,
        (Leading, Leading or Vowel or OpenSyllable or ClosedSyllable) => true,
        (OpenSyllable or Vowel, Vowel or Trailing) => true,
        (ClosedSyllable or Trailing, Trailing) => true,
        (_, Joiner or Spacing) => true,
        _ => IsExtend(after) || before == Prepend,
    };

    private static bool IsExtend(GraphemeKind kind) => kind is Extend or Linker or NonJoiner;

    private static GraphemeKind[] Read()
    {
        var kinds = new GraphemeKind[UnicodeTables.CodePoints];
        foreach (var kind in Enum.GetValues<GraphemeKind>())
            foreach (var codePoint in UnicodeTables.File.CodePoints(kind.ToString().ToLowerInvariant()))
                kinds[codePoint] = kind;
        kinds['\r'] = Return;
        kinds['\n'] = Feed;
        kinds[0x200C] = NonJoiner;
        kinds[0x200D] = Joiner;
        for (var syllable = 0xAC00; syllable < 0xD7A4; syllable++)
            kinds[syllable] = (syllable - 0xAC00) % 28 == 0 ? OpenSyllable : ClosedSyllable;
        return kinds;
    }
}
