using System.Text;

namespace Distributed.Training.Tokenization.Subwords;

/// <summary>
/// Strings and their values, walked byte by byte. Nodes lie in breadth-first order, so that the children of one are neighbours; of the nodes with many
/// children the first ones, which most walks go through, have a table of all 256 bytes. Immutable.
/// </summary>
internal sealed class ByteTrie
{
    /// <summary>Where every walk starts.</summary>
    public const int Root = 0;

    private const int Many = 8;
    private const int MostTables = 1 << 16; // 64 MiB of them, whatever the strings are
    private const int InTable = -1;

    private readonly Node[] _nodes;
    private readonly byte[] _labels;
    private readonly int[] _tables;

    /// <summary>Builds a trie. Empty strings are left out.</summary>
    /// <param name="values">Strings and values from 0 on.</param>
    /// <param name="mostTables">How many nodes have a table.</param>
    public ByteTrie(IEnumerable<KeyValuePair<string, int>> values, int mostTables = MostTables)
    {
        var keys = values.Select(pair => (Key: Encoding.UTF8.GetBytes(pair.Key), pair.Value)).Where(pair => pair.Key.Length > 0).ToArray();
        Array.Sort(keys, (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        (_nodes, _labels, _tables) = new Builder(keys, mostTables).Build();
    }

    /// <summary>The child of a node, −1 if it has none for the byte.</summary>
    public int Child(int node, byte label)
    {
        ref readonly var parent = ref _nodes[node];
        if (parent.Count == InTable)
            return _tables[parent.Children + label];
        if (parent.Count > Many)
            return _labels.AsSpan(parent.Children, parent.Count).IndexOf(label) is >= 0 and var place ? parent.Children + place : -1;
        for (var i = 0; i < parent.Count; i++)
        {
            if (_labels[parent.Children + i] == label)
                return parent.Children + i;
        }

        return -1;
    }

    /// <summary>The value of the string that ends in a node, −1 if none does.</summary>
    public int ValueOf(int node) => _nodes[node].Value;

    /// <summary>The value of a whole string, −1 if it is not there.</summary>
    public int Find(ReadOnlySpan<byte> text) => Longest(text, out var length) is var value && length == text.Length ? value : -1;

    /// <summary>The value of the longest string that a text starts with, −1 and length 0 if there is none.</summary>
    public int Longest(ReadOnlySpan<byte> text, out int length)
    {
        var (node, value) = (Root, -1);
        length = 0;
        for (var i = 0; i < text.Length && (node = Child(node, text[i])) >= 0; i++)
        {
            if (_nodes[node].Value < 0)
                continue;
            value = _nodes[node].Value;
            length = i + 1;
        }

        return value;
    }

    /// <param name="Value">Of the string that ends here, −1 if none does.</param>
    /// <param name="Children">The first child, or where the table of children starts.</param>
    /// <param name="Count">How many children, or that a table has them.</param>
    private readonly record struct Node(int Value, int Children, int Count);

    private sealed class Builder((byte[] Key, int Value)[] keys, int mostTables)
    {
        private const int TableLength = 256;

        private readonly List<Node> _nodes = [new Node(-1, 0, 0)];
        private readonly List<byte> _labels = [0];
        private readonly List<int> _tables = [];

        public (Node[] Nodes, byte[] Labels, int[] Tables) Build()
        {
            // The keys that go through a node are neighbours: from first to below end.
            var open = new Queue<(int Node, int First, int End, int Depth)>([(Root, 0, keys.Length, 0)]);
            while (open.TryDequeue(out var work))
            {
                var (node, first, end, depth) = work;
                var value = -1;
                while (first < end && keys[first].Key.Length == depth)
                    value = keys[first++].Value; // of equal strings the last counts
                var children = _nodes.Count;
                while (first < end)
                {
                    var label = keys[first].Key[depth];
                    var next = first;
                    while (next < end && keys[next].Key[depth] == label)
                        next++;
                    open.Enqueue((_nodes.Count, first, next, depth + 1));
                    _nodes.Add(default);
                    _labels.Add(label);
                    first = next;
                }

                _nodes[node] = Close(value, children);
            }

            return ([.. _nodes], [.. _labels], [.. _tables]);
        }

        private Node Close(int value, int children)
        {
            var count = _nodes.Count - children;
            if (count <= Many || _tables.Count == mostTables * TableLength)
                return new Node(value, children, count);
            var table = new int[TableLength];
            Array.Fill(table, -1);
            for (var i = 0; i < count; i++)
                table[_labels[children + i]] = children + i;
            _tables.AddRange(table);
            return new Node(value, _tables.Count - table.Length, InTable);
        }
    }
}
