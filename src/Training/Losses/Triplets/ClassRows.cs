using System.Collections.Immutable;
using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary>The rows of a batch by class. The positives of a row, the other rows of its class, are numbered in canonical order: they are its slots.</summary>
internal sealed class ClassRows
{
    private readonly ImmutableArray<int> _labels;
    private readonly Dictionary<int, List<int>> _rows = [];
    private readonly int[] _ranks; // of each row in its class

    public ClassRows(ImmutableArray<int> labels)
    {
        _labels = labels;
        _ranks = new int[labels.Length];
        for (var row = 0; row < labels.Length; row++)
        {
            if (!_rows.TryGetValue(labels[row], out var rows))
                _rows.Add(labels[row], rows = []);
            _ranks[row] = rows.Count;
            rows.Add(row);
        }

        Slots = _rows.Values.Max(rows => rows.Count) - 1;
        Pairs = _rows.Values.Sum(rows => rows.Count * (rows.Count - 1.0));
        Triplets = _rows.Values.Sum(rows => rows.Count * (rows.Count - 1.0) * (labels.Length - rows.Count));
    }

    /// <summary>Most positives of a row, P: one less than the largest class.</summary>
    public int Slots { get; }

    /// <summary>Ordered pairs of rows of one class.</summary>
    public double Pairs { get; }

    /// <summary>Triplets of anchor, positive and negative.</summary>
    public double Triplets { get; }

    /// <summary>Whether any row has a negative: whether there are two classes.</summary>
    public bool HasNegatives => _rows.Count > 1;

    /// <summary>Number of rows with a positive and a negative.</summary>
    public int ValidAnchors => HasNegatives ? _rows.Values.Where(rows => rows.Count > 1).Sum(rows => rows.Count) : 0;

    /// <summary>Number of positives of each row.</summary>
    public IEnumerable<int> PositivesOf => _labels.Select(label => _rows[label].Count - 1);

    /// <summary>Row numbers of the positives, int64 [rows, P]; −1 in slots behind the last.</summary>
    public Tensor Positives(ShardRange rows, Device device)
    {
        var positives = new long[rows.Count, Slots];
        for (var row = 0; row < rows.Count; row++)
        {
            var slot = 0;
            foreach (var other in _rows[_labels[rows.Start + row]])
                if (other != rows.Start + row)
                    positives[row, slot++] = other;
            while (slot < Slots)
                positives[row, slot++] = -1;
        }

        return tensor(positives, device: device);
    }

    /// <summary>In which of a row's slots each of its positives has it as a positive itself, int64 [rows, P]; 0 behind the last.</summary>
    public Tensor OwnSlots(ShardRange rows, Device device)
    {
        var slots = new long[rows.Count, Slots];
        for (var row = 0; row < rows.Count; row++)
            for (var slot = 0; slot < _rows[_labels[rows.Start + row]].Count - 1; slot++)
                slots[row, slot] = slot < _ranks[rows.Start + row] ? _ranks[rows.Start + row] - 1 : _ranks[rows.Start + row];
        return tensor(slots, device: device);
    }

    /// <summary>Which slot of a row another one is in, int64 [rows, others], where both are of one class; elsewhere some slot.</summary>
    public Tensor Slot(ShardRange rows, ShardRange others, Device device)
    {
        using var scope = NewDisposeScope();
        var isBehind = arange(others.Start, others.End, int64, device: device) > arange(rows.Start, rows.End, int64, device: device).unsqueeze(1);
        return Ranks(others, device).sub(isBehind.to(int64)).clamp_(0, Slots - 1).MoveToOuterDisposeScope();
    }

    /// <summary>Whether rows are of one class, bool [rows, others]; a row and itself are.</summary>
    public Tensor IsSame(ShardRange rows, ShardRange others, Device device)
    {
        using var scope = NewDisposeScope();
        return (Labels(rows, device).unsqueeze(1) == Labels(others, device)).MoveToOuterDisposeScope();
    }

    private Tensor Labels(ShardRange rows, Device device) => tensor(_labels.AsSpan(rows.Start, rows.Count).ToArray(), device: device);

    private Tensor Ranks(ShardRange rows, Device device) => tensor(_ranks.AsSpan(rows.Start, rows.Count).ToArray(), device: device).to(int64);
}
