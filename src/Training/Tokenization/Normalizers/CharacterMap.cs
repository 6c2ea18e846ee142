using System.Buffers.Binary;
using System.Text.Unicode;

namespace Distributed.Training.Tokenization.Normalizers;

/// <summary>
/// SentencePiece's precompiled character map: the size of a trie, the trie (a darts-clone double array, an edge being an exclusive or), and the
/// replacements, each closed by a zero byte. Immutable.
/// </summary>
internal sealed class CharacterMap
{
    private const uint IsValue = 1u << 31;

    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <summary>Reads a map and checks every edge of its trie.</summary>
    /// <exception cref="ArgumentException">It is damaged.</exception>
    public CharacterMap(ReadOnlySpan<byte> map)
    {
        if (map.Length < sizeof(uint))
            throw new ArgumentException("the character map is cut off");
        var size = BinaryPrimitives.ReadUInt32LittleEndian(map);
        if (size == 0 || size % sizeof(uint) != 0 || size > map.Length - sizeof(uint))
            throw new ArgumentException($"the character map has {map.Length} bytes, its trie alone {size}");
        var trie = map.Slice(sizeof(uint), (int)size);
        _units = new uint[size / sizeof(uint)];
        for (var i = 0; i < _units.Length; i++)
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(trie[(i * sizeof(uint))..]);
        _replacements = map[(sizeof(uint) + (int)size)..].ToArray();
        if (!Utf8.IsValid(_replacements))
            throw new ArgumentException("the character map's replacements are no UTF-8");
        Check();
    }

    /// <summary>The replacement of the shortest prefix of a text that the map knows.</summary>
    public bool TryFind(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        var place = Offset(_units[0]);
        foreach (var label in text)
        {
            place ^= label;
            if (label == 0 || place >= _units.Length || Label(_units[place]) != label)
                break;
            var unit = _units[place];
            place ^= Offset(unit);
            if (!HasLeaf(unit))
                continue;
            replacement = _replacements.AsSpan((int)(_units[place] & ~IsValue));
            var end = replacement.IndexOf((byte)0);
            replacement = end < 0 ? replacement : replacement[..end];
            return true;
        }

        replacement = default;
        return false;
    }

    private static uint Label(uint unit) => unit & (IsValue | 0xFF);

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1u << 9)) >> 6);

    private static bool HasLeaf(uint unit) => ((unit >> 8) & 1) == 1;

    // Whatever can be reached from the root: no edge leads out of the trie, no value out of the replacements.
    private void Check()
    {
        var children = Enumerable.Range(0, _units.Length)
            .Where(place => Label(_units[place]) is > 0 and < IsValue)
            .ToLookup(place => (uint)place ^ Label(_units[place]));
        var seen = new HashSet<uint>();
        var open = new Stack<uint>([Offset(_units[0])]);
        while (open.TryPop(out var place))
        {
            foreach (var child in children[place])
            {
                var next = (uint)child ^ Offset(_units[child]);
                if (next >= _units.Length)
                    throw new ArgumentException($"the character map's trie has {_units.Length} units and leads to unit {next}");
                if (HasLeaf(_units[child]))
                    CheckReplacement(_units[next] & ~IsValue);
                if (seen.Add(next))
                    open.Push(next);
            }
        }
    }

    private void CheckReplacement(uint start)
    {
        if (start > _replacements.Length || (start < _replacements.Length && (_replacements[start] & 0xC0) == 0x80))
            throw new ArgumentException($"the character map's replacements have {_replacements.Length} bytes, none starts at {start}");
    }
}
