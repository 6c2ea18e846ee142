using System.Collections.Immutable;
using Distributed.Data.Reading;

namespace Distributed.Data.Sampling;

/// <summary>
/// P classes × K rows in each global batch (Hermans et al. 2017, arXiv 1703.07737). An epoch: the rows of each class are shuffled and cut into groups
/// of K, the last of which may be smaller but has at least 2 rows; the groups of all classes are shuffled and dealt to batches of P groups of
/// different classes. So each row is drawn at most once an epoch. A single row that remains of a class, and the groups that remain when only
/// one class is left, sit out the epoch; the next one shuffles anew. Batches at the end may have fewer than P classes, never fewer than 2.
/// </summary>
internal sealed class LabelSampler : ISampler
{
    private const int FewestRows = 2;
    private readonly ImmutableArray<int[]> _rowsOfClasses;
    private readonly int _classesPerBatch;
    private readonly int _rowsPerClass;
    private readonly bool _dropLast;
    private readonly int _seed;

    public LabelSampler(ImmutableArray<TrainingRow> rows, int classesPerBatch, int rowsPerClass, bool dropLast, int seed)
    {
        _rowsOfClasses = [.. Enumerable.Range(0, rows.Length).GroupBy(row => rows[row].Label).Select(rowsOfClass => rowsOfClass.ToArray())
            .Where(rowsOfClass => rowsOfClass.Length >= FewestRows)];
        _classesPerBatch = classesPerBatch;
        _rowsPerClass = rowsPerClass;
        _dropLast = dropLast;
        _seed = seed;
    }

    /// <summary>Classes that have enough rows to be drawn.</summary>
    public int UsableClasses => _rowsOfClasses.Length;

    /// <inheritdoc/>
    public int? BatchesPerEpoch => null;

    /// <inheritdoc/>
    public EpochOrder Order(int epoch)
    {
        var random = new SampleRandom(_seed, epoch);
        var groups = new List<ReadOnlyMemory<int>>();
        var classOfGroup = new List<int>();
        for (var label = 0; label < _rowsOfClasses.Length; label++)
        {
            var rows = (int[])_rowsOfClasses[label].Clone();
            random.Shuffle(rows);
            for (var start = 0; rows.Length - start >= FewestRows; start += _rowsPerClass)
            {
                groups.Add(rows.AsMemory(start, Math.Min(_rowsPerClass, rows.Length - start)));
                classOfGroup.Add(label);
            }
        }

        var classes = classOfGroup.ToArray();
        var batches = FirstFit.Pack(
            random.Permutation(groups.Count), group => classes.AsMemory(group, 1), _rowsOfClasses.Length, _classesPerBatch);
        var fewest = _dropLast ? _classesPerBatch : 2;
        return EpochOrder.Of(batches.Where(batch => batch.Count >= fewest).Select(batch => batch.SelectMany(group => groups[group].ToArray()).ToList()));
    }
}
