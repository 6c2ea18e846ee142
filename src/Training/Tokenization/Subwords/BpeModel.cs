using System.Runtime.InteropServices;
using System.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Subwords;

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016, arXiv 1508.07909): the characters of a word, merged by rank. Thread-safe.
/// </summary>
internal sealed class BpeModel : ISubwordModel
{
    private const int CachedWords = 1 << 14;

    private readonly Vocabulary _vocabulary;
    private readonly BpeOptions _options;
    private readonly MergeTable _merges;
    private readonly ByteTrie _trie;
    private readonly WordCache _cache = new(CachedWords);
    private readonly int[]? _byteIds;
    private readonly int _unknownId = -1;
    private readonly byte[] _prefix;
    private readonly byte[] _suffix;
    private readonly bool _hasAffixes;

    /// <exception cref="ArgumentException">The vocabulary lacks the unknown token, or a token of the merges.</exception>
    public BpeModel(Vocabulary vocabulary, IReadOnlyCollection<(string Left, string Right)> merges, BpeOptions options)
    {
        _vocabulary = vocabulary;
        _options = options;
        _merges = new MergeTable(merges.Count);
        foreach (var (rank, (left, right)) in merges.Index())
            _merges.Add(Id(vocabulary, left), Id(vocabulary, right), new Merge(rank, Id(vocabulary, left + Continued(right, options.ContinuingPrefix))));
        _trie = new ByteTrie(vocabulary.Tokens);
        if (options.UnknownToken is { } unknown)
            _unknownId = vocabulary.Required(unknown);
        if (options.FallsBackToBytes)
            _byteIds = ByteFallback.Ids(vocabulary.Find);
        _prefix = Encoding.UTF8.GetBytes(options.ContinuingPrefix);
        _suffix = Encoding.UTF8.GetBytes(options.EndSuffix);
        _hasAffixes = _prefix.Length > 0 || _suffix.Length > 0;
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
        if (_cache.TryAdd(word, ids))
            return;
        var start = ids.Count;
        if (_options.IgnoresMerges && _trie.Find(word) is >= 0 and var id)
        {
            ids.Add(id);
        }
        else
        {
            AddSymbols(word, ids);
            var left = MergeList.Apply(_merges, CollectionsMarshal.AsSpan(ids)[start..]);
            ids.RemoveRange(start + left, ids.Count - start - left);
        }

        _cache.Set(word, CollectionsMarshal.AsSpan(ids)[start..]);
    }

    private static int Id(Vocabulary vocabulary, string token)
        => vocabulary.Find(token) ?? throw new ArgumentException($"a merge names {token}, which the vocabulary lacks");

    private static string Continued(string token, string prefix)
        => token.StartsWith(prefix, StringComparison.Ordinal)
            ? token[prefix.Length..]
            : throw new ArgumentException($"a merge names {token}, which lacks the prefix {prefix}");

    // One symbol a character; unknown ones wait for their neighbours where they are fused.
    private void AddSymbols(ReadOnlySpan<byte> word, List<int> ids)
    {
        var fused = false;
        for (var i = 0; i < word.Length;)
        {
            var character = word.Slice(i, Utf8.LengthOf(word[i]));
            var symbol = _hasAffixes ? WithAffixes(character, isFirst: i == 0, isLast: i + character.Length == word.Length) : character;
            i += character.Length;
            var id = _trie.Find(symbol);
            if (id >= 0)
                ids.Add(id);
            else if (AddBytes(symbol, ids))
                continue;
            else if (_unknownId >= 0 && !(fused && _options.FusesUnknown))
                ids.Add(_unknownId);
            fused = id < 0;
        }
    }

    private byte[] WithAffixes(ReadOnlySpan<byte> character, bool isFirst, bool isLast)
        => [.. isFirst ? [] : _prefix, .. character, .. isLast ? _suffix : []];

    private bool AddBytes(ReadOnlySpan<byte> symbol, List<int> ids)
    {
        if (_byteIds is not { } bytes || !ByteFallback.Covers(bytes, symbol))
            return false;
        foreach (var value in symbol)
            ids.Add(bytes[value]);
        return true;
    }
}
