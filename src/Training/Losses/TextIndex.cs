using System.Runtime.InteropServices;

namespace Distributed.Training.Losses;

/// <summary>Positions of texts by their hash.</summary>
internal sealed class TextIndex
{
    private readonly Dictionary<ulong, int> _first;
    private readonly int[] _next; // the position after this one that holds the same text, or −1

    public TextIndex(ReadOnlySpan<ulong> hashes)
    {
        _first = new(hashes.Length);
        _next = new int[hashes.Length];
        for (var position = hashes.Length - 1; position >= 0; position--)
        {
            ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_first, hashes[position], out var exists);
            _next[position] = exists ? first : -1;
            first = position;
        }
    }

    /// <summary>All positions of a text, ascending.</summary>
    public IEnumerable<int> PositionsOf(ulong hash)
    {
        for (var position = _first.GetValueOrDefault(hash, -1); position >= 0; position = _next[position])
            yield return position;
    }

    public bool Contains(ulong hash) => _first.ContainsKey(hash);
}
