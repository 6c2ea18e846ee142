using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Distributed.Training.Tokenization.Subwords;
using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Added;

/// <summary>Finds added tokens in a text: leftmost first, of those that start at one place the longest. Immutable.</summary>
internal sealed class AddedTokenFinder
{
    private readonly ImmutableArray<(AddedToken Token, int Id)> _tokens;
    private readonly ByteTrie _trie;
    private readonly SearchValues<byte> _firstBytes;

    /// <param name="tokens">What is looked for, which may be another text than the token's, the token and its id.</param>
    public AddedTokenFinder(IEnumerable<(string Text, AddedToken Token, int Id)> tokens)
    {
        var all = tokens.Where(token => token.Text.Length > 0).ToArray();
        _tokens = [.. all.Select(token => (token.Token, token.Id))];
        _trie = new ByteTrie(all.Index().DistinctBy(entry => entry.Item.Text).Select(entry => KeyValuePair.Create(entry.Item.Text, entry.Index)));
        _firstBytes = SearchValues.Create([.. all.Select(token => Encoding.UTF8.GetBytes(token.Text)[0]).Distinct()]);
    }

    /// <summary>The next token, and the text before it.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="place">Where the search goes on; afterwards behind the token.</param>
    /// <param name="done">Up to where the text is used up; afterwards with the token and the white space that it takes.</param>
    /// <param name="before">The text before the token, or all that is left.</param>
    /// <param name="id">The token, −1 if there is none any more.</param>
    public void Next(ReadOnlySpan<byte> text, ref int place, ref int done, out TextRange before, out int id)
    {
        while (Find(text, ref place, out var start, out var token))
        {
            if (token.Token.IsSingleWord && !IsAlone(text, start, place))
                continue;
            var end = place;
            if (token.Token.StripsLeft)
                start = Math.Max(WhiteStart(text, start), done);
            if (token.Token.StripsRight)
                end = WhiteEnd(text, end);
            before = new TextRange(done, Math.Max(start - done, 0));
            (done, id) = (end, token.Id);
            return;
        }

        before = new TextRange(done, text.Length - done);
        (done, id) = (text.Length, -1);
    }

    private bool Find(ReadOnlySpan<byte> text, ref int place, out int start, out (AddedToken Token, int Id) token)
    {
        for (start = place; start < text.Length; start++)
        {
            var candidate = text[start..].IndexOfAny(_firstBytes);
            if (candidate < 0)
                break;
            start += candidate;
            var index = _trie.Longest(text[start..], out var length);
            if (length == 0)
                continue;
            place = start + length;
            token = _tokens[index];
            return true;
        }

        token = default;
        place = text.Length;
        return false;
    }

    private static bool IsAlone(ReadOnlySpan<byte> text, int start, int end)
        => (start == 0 || !IsWord(Utf8.ReadBefore(text, start, out _))) && (end == text.Length || !IsWord(Utf8.Read(text, end, out _)));

    private static bool IsWord(int codePoint) => (UnicodeTables.KindsOf(codePoint) & UnicodeKinds.Word) != 0;

    private static int WhiteStart(ReadOnlySpan<byte> text, int end)
    {
        while (end > 0 && UnicodeTables.IsWhite(Utf8.ReadBefore(text, end, out var length)))
            end -= length;
        return end;
    }

    private static int WhiteEnd(ReadOnlySpan<byte> text, int start)
    {
        while (start < text.Length && UnicodeTables.IsWhite(Utf8.Read(text, start, out var length)))
            start += length;
        return start;
    }
}
