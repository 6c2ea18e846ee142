using System.Runtime.InteropServices;
using Distributed.Training.Tokenization.Text;

namespace Distributed.Training.Tokenization.PreTokenizers;

/// <summary>Cuts at every match of a pattern.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="behavior">What becomes of the matches.</param>
/// <param name="inverts">Whether what the pattern does not match separates.</param>
internal sealed class SplitPreTokenizer(ITextPattern pattern, SplitBehavior behavior, bool inverts) : IPreTokenizer
{
    /// <inheritdoc/>
    public void Split(PreTokens tokens)
    {
        var parts = new List<(int Start, int End, bool Separates)>();
        foreach (var range in tokens.Ranges)
        {
            parts.Clear();
            Find(tokens.Slice(range), parts);
            foreach (var (start, end) in Merge(CollectionsMarshal.AsSpan(parts)))
                tokens.Add(range.Start + start, range.Start + end);
        }

        tokens.Commit();
    }

    private void Find(ReadOnlySpan<byte> text, List<(int Start, int End, bool Separates)> parts)
    {
        var done = 0;
        while (pattern.TryFind(text, done, out var match))
        {
            if (match.Start > done)
                parts.Add((done, match.Start, inverts));
            parts.Add((match.Start, match.End, !inverts));
            done = match.End;
        }

        if (done < text.Length)
            parts.Add((done, text.Length, inverts));
    }

    private List<(int Start, int End)> Merge(ReadOnlySpan<(int Start, int End, bool Separates)> parts)
    {
        var words = new List<(int Start, int End)>(parts.Length);
        var separated = false;
        for (var i = 0; i < parts.Length; i++)
        {
            var (start, end, separates) = behavior == SplitBehavior.MergedWithNext ? parts[^(i + 1)] : parts[i];
            if (separates && behavior == SplitBehavior.Removed)
                continue;
            var joins = words.Count > 0 && behavior switch
            {
                SplitBehavior.Contiguous => separates == separated,
                SplitBehavior.MergedWithPrevious or SplitBehavior.MergedWithNext => separates && !separated,
                _ => false,
            };
            if (joins)
                words[^1] = (Math.Min(words[^1].Start, start), Math.Max(words[^1].End, end));
            else
                words.Add((start, end));
            separated = separates;
        }

        if (behavior == SplitBehavior.MergedWithNext)
            words.Reverse();
        return words;
    }
}
