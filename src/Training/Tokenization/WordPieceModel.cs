using System.Collections.Frozen;

namespace Distributed.Training.Tokenization;

/// <summary>Cuts a word into the longest pieces of the vocabulary, from the left (Wu et al. 2016, arXiv 1609.08144). Immutable.</summary>
internal sealed class WordPieceModel
{
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _first;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _continuing;
    private readonly int _longestFirst;
    private readonly int _longestContinuing;
    private readonly int _unknownId;

    public WordPieceModel(Vocabulary vocabulary, string continuingPrefix, int unknownId)
    {
        var first = vocabulary.Tokens.ToFrozenDictionary(StringComparer.Ordinal);
        var continuing = vocabulary.Tokens
            .Where(pair => pair.Key.StartsWith(continuingPrefix, StringComparison.Ordinal))
            .ToFrozenDictionary(pair => pair.Key[continuingPrefix.Length..], pair => pair.Value, StringComparer.Ordinal);
        _longestFirst = first.Keys.Select(token => token.Length).DefaultIfEmpty(1).Max();
        _longestContinuing = continuing.Keys.Select(token => token.Length).DefaultIfEmpty(1).Max();
        _first = first.GetAlternateLookup<ReadOnlySpan<char>>();
        _continuing = continuing.GetAlternateLookup<ReadOnlySpan<char>>();
        _unknownId = unknownId;
    }

    /// <summary>
    /// Writes the ids of the word's pieces, or one unknown id if the vocabulary cannot spell it, as far as they fit.
    /// Returns how many were written.
    /// </summary>
    public int Encode(ReadOnlySpan<char> word, Span<int> ids)
    {
        var count = 0;
        for (var start = 0; start < word.Length;)
        {
            var length = start == 0
                ? LongestMatch(_first, word, _longestFirst, out var id)
                : LongestMatch(_continuing, word[start..], _longestContinuing, out id);
            if (length == 0)
            {
                ids[0] = _unknownId;
                return 1;
            }

            if (count < ids.Length)
                ids[count++] = id;
            start += length;
        }

        return count;
    }

    private static int LongestMatch(
        FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> tokens, ReadOnlySpan<char> text, int longest, out int id)
    {
        for (var length = Math.Min(text.Length, longest); length > 0; length--)
        {
            if (tokens.TryGetValue(text[..length], out id))
                return length;
        }

        id = -1;
        return 0;
    }
}
