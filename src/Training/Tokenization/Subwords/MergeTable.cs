using System.Numerics;

namespace Distributed.Training.Tokenization.Subwords;

/// <summary>What two neighbouring pieces merge to, and how early: a hash table by the pair of their ids. Immutable once it is filled.</summary>
internal sealed class MergeTable
{
    private const ulong Free = ulong.MaxValue;

    private readonly ulong[] _pairs;
    private readonly Merge[] _merges;
    private readonly int _shift;

    /// <param name="count">How many merges will be added.</param>
    public MergeTable(int count)
    {
        var bits = BitOperations.Log2((uint)Math.Max(2 * count, 8)) + 1;
        _pairs = new ulong[1 << bits];
        _merges = new Merge[1 << bits];
        _shift = 64 - bits;
        Array.Fill(_pairs, Free);
    }

    /// <summary>Sets the merge of a pair; the last one counts.</summary>
    public void Add(int left, int right, Merge merge)
    {
        var place = Place(Pair(left, right));
        _pairs[place] = Pair(left, right);
        _merges[place] = merge;
    }

    /// <summary>The merge of a pair.</summary>
    public bool TryFind(int left, int right, out Merge merge)
    {
        var place = Place(Pair(left, right));
        merge = _merges[place];
        return _pairs[place] != Free;
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    // Where a pair is, or the free place where it would be.
    private int Place(ulong pair)
    {
        var place = (int)((pair * 0x9E3779B97F4A7C15) >> _shift);
        while (_pairs[place] != pair && _pairs[place] != Free)
            place = (place + 1) & (_pairs.Length - 1);
        return place;
    }
}
