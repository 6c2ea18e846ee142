using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Subwords;

/// <summary>Cuts a word into the longest pieces of the vocabulary, from the left (Wu et al. 2016, arXiv 1609.08144). Immutable.</summary>
internal sealed class WordPieceModel : ISubwordModel
{
    private readonly Vocabulary _vocabulary;
    private readonly ByteTrie _first;
    private readonly ByteTrie _continuing;
    private readonly int _unknownId;
    private readonly int _longestWord;

    /// <param name="vocabulary">Pieces and ids.</param>
    /// <param name="unknownToken">Token of a word that the vocabulary cannot spell.</param>
    /// <param name="continuingPrefix">What stands before a piece that continues a word.</param>
    /// <param name="longestWord">Longest word in code points; a longer one is unknown.</param>
    /// <exception cref="ArgumentException">The vocabulary lacks the unknown token.</exception>
    public WordPieceModel(Vocabulary vocabulary, string unknownToken, string continuingPrefix, int longestWord)
    {
        _vocabulary = vocabulary;
        _unknownId = vocabulary.Required(unknownToken);
        _longestWord = longestWord;
        _first = new ByteTrie(vocabulary.Tokens);
        _continuing = new ByteTrie(vocabulary.Tokens
            .Where(token => token.Key.StartsWith(continuingPrefix, StringComparison.Ordinal))
            .Select(token => KeyValuePair.Create(token.Key[continuingPrefix.Length..], token.Value)));
    }

    /// <inheritdoc/>
    public int Count => _vocabulary.Count;

    /// <inheritdoc/>
    public int Size => _vocabulary.Size;

    /// <inheritdoc/>
    public int? Find(string piece) => _vocabulary.Find(piece);

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> word, List<int> ids)
    {
        var start = ids.Count;
        var trie = _first;
        if (word.Length > _longestWord && Utf8.Count(word) > _longestWord)
            word = default;
        do
        {
            var id = trie.Longest(word, out var length);
            if (length == 0)
            {
                ids.RemoveRange(start, ids.Count - start);
                ids.Add(_unknownId);
                return;
            }

            ids.Add(id);
            word = word[length..];
            trie = _continuing;
        }
        while (!word.IsEmpty);
    }
}
