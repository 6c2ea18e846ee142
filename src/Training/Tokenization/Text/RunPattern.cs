using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Text;

/// <summary>A run of code points of one kind: <c> {2,}</c>, <c>\s+</c>, <c>\w+|[^\w\s]+</c>.</summary>
/// <param name="kindOf">The kind of a code point; 0 for those that match nothing. A run has one kind.</param>
/// <param name="least">Shortest run, in code points.</param>
/// <param name="most">Longest run; what is left of a longer one is matched next.</param>
internal sealed class RunPattern(Func<int, int> kindOf, int least = 1, int most = int.MaxValue) : ITextPattern
{
    /// <summary>Every code point with a property by itself.</summary>
    public static RunPattern Each(Func<int, bool> has) => new(codePoint => has(codePoint) ? 1 : 0, most: 1);

    /// <summary>Runs of white space, <c>\s+</c>.</summary>
    public static RunPattern White { get; } = new(codePoint => UnicodeTables.IsWhite(codePoint) ? 1 : 0);

    /// <summary>Words and runs of what is neither word nor white space, <c>\w+|[^\w\s]+</c>.</summary>
    public static RunPattern Words { get; } = new(codePoint => UnicodeTables.KindsOf(codePoint) switch
    {
        var kinds when (kinds & UnicodeKinds.Word) != 0 => 1,
        var kinds when (kinds & UnicodeKinds.White) != 0 => 0,
        _ => 2,
    });

    /// <inheritdoc/>
    public bool TryFind(ReadOnlySpan<byte> text, int from, out TextRange match)
    {
        for (var start = from; start < text.Length;)
        {
            var kind = kindOf(Utf8.Read(text, start, out var length));
            var (end, count) = (start + length, 1);
            while (kind != 0 && end < text.Length && count < most && kindOf(Utf8.Read(text, end, out length)) == kind)
                (end, count) = (end + length, count + 1);
            match = new TextRange(start, end - start);
            if (kind != 0 && count >= least)
                return true;
            start = end;
        }

        match = default;
        return false;
    }
}
