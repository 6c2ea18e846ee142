using System.IO.Hashing;
using System.Numerics;

namespace Distributed.Training.Tokenization.Subwords;

/// <summary>Short words and their ids, as many as there are places; a new word takes the place of the one that is there. Thread-safe without locks.</summary>
internal sealed class WordCache
{
    private const int LongestWord = 64; // bytes
    private readonly Entry?[] _places;

    /// <param name="places">How many words at most; a power of 2.</param>
    public WordCache(int places)
    {
        if (!BitOperations.IsPow2(places))
            throw new ArgumentOutOfRangeException(nameof(places), places, "a power of 2 was expected");
        _places = new Entry?[places];
    }

    /// <summary>Appends the ids of a word that is known.</summary>
    public bool TryAdd(ReadOnlySpan<byte> word, List<int> ids)
    {
        if (word.Length > LongestWord)
            return false;
        var hash = XxHash3.HashToUInt64(word);
        var entry = Volatile.Read(ref _places[Place(hash)]);
        if (entry is null || entry.Hash != hash || !word.SequenceEqual(entry.Word))
            return false;
        ids.AddRange(entry.Ids.AsSpan());
        return true;
    }

    /// <summary>Remembers a word.</summary>
    public void Set(ReadOnlySpan<byte> word, ReadOnlySpan<int> ids)
    {
        if (word.Length > LongestWord)
            return;
        var hash = XxHash3.HashToUInt64(word);
        Volatile.Write(ref _places[Place(hash)], new Entry(hash, word.ToArray(), ids.ToArray()));
    }

    private int Place(ulong hash) => (int)(hash & (ulong)(_places.Length - 1));

    private sealed record Entry(ulong Hash, byte[] Word, int[] Ids);
}
