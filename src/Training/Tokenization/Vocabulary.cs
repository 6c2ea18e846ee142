using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Distributed.Training.Tokenization;

/// <summary>The tokens of a tokenizer and their ids. Immutable.</summary>
public sealed class Vocabulary
{
    private readonly FrozenDictionary<string, int> _ids;

    /// <summary>A vocabulary of given ids.</summary>
    public Vocabulary(IEnumerable<KeyValuePair<string, int>> ids)
    {
        _ids = ids.ToFrozenDictionary(StringComparer.Ordinal);
        Size = _ids.Count == 0 ? 0 : _ids.Values.Max() + 1;
    }

    /// <summary>Ids run from 0 to below this.</summary>
    public int Size { get; }

    /// <summary>How many tokens there are.</summary>
    public int Count => _ids.Count;

    /// <summary>Tokens and ids, in the order of the ids.</summary>
    public ImmutableArray<KeyValuePair<string, int>> Tokens
        => [.. _ids.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)];

    /// <summary>Reads a file with one token a line; the line number, from 0, is the id. Of equal lines the last counts.</summary>
    public static Vocabulary Load(string path) => OfLines(File.ReadLines(path));

    /// <summary>Id of the token, null if there is none.</summary>
    public int? Find(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>One token a line.</summary>
    internal static Vocabulary OfLines(IEnumerable<string> lines)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, token) in lines.Index())
            ids[token] = id;
        return new Vocabulary(ids);
    }

    /// <summary>Id of a token that must be there.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal int Required(string token) => Find(token) ?? throw new ArgumentException($"the vocabulary has no {token}");
}
