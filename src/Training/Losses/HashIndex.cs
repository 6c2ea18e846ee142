using System.Runtime.InteropServices;

namespace Distributed.Training.Losses;

/// <summary>Positions of equal things, texts or rows, by their hash.</summary>
internal sealed class HashIndex
{
    private readonly Dictionary<ulong, int> _first;
    private readonly int[] _next; // the position after this one that has the same hash, or −1

    public HashIndex(ReadOnlySpan<ulong> hashes)
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

    /// <summary>First position of a hash; −1: there is none.</summary>
    public int First(ulong hash) => _first.GetValueOrDefault(hash, -1);

    /// <summary>The next position of the hash at <paramref name="position"/>; −1: there is none.</summary>
    public int Next(int position) => _next[position];

    /// <summary>All positions of a hash, ascending.</summary>
    public IEnumerable<int> PositionsOf(ulong hash)
    {
        for (var position = First(hash); position >= 0; position = Next(position))
            yield return position;
    }

    /// <summary>Whether no hash has two positions.</summary>
    public bool IsDistinct => _first.Count == _next.Length;
}
