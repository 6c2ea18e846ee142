using System.Collections.Immutable;
using Distributed.Data.Reading;

namespace Distributed.Data.Sampling;

/// <summary>
/// A random order in which no text occurs in two rows of one global batch, over all columns: a row that would repeat one goes to a later batch.
/// Each row is drawn exactly once an epoch, so batches at the end of an epoch may be smaller. A text that one row has in two columns is no conflict.
/// </summary>
internal sealed class DuplicateFreeSampler : ISampler
{
    private readonly ImmutableArray<int[]> _textsOfRows;
    private readonly int _textCount;
    private readonly int _batchRows;
    private readonly bool _dropLast;
    private readonly int _seed;

    public DuplicateFreeSampler(ImmutableArray<TrainingRow> rows, int batchRows, bool dropLast, int seed)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        _textsOfRows = [.. rows.Select(row => row.Texts.OfType<string>().Select(text => NumberOf(text, numbers)).ToArray())];
        _textCount = numbers.Count;
        _batchRows = batchRows;
        _dropLast = dropLast;
        _seed = seed;
    }

    /// <inheritdoc/>
    public int? BatchesPerEpoch => null;

    /// <inheritdoc/>
    public EpochOrder Order(int epoch)
    {
        var order = new SampleRandom(_seed, epoch).Permutation(_textsOfRows.Length);
        var batches = FirstFit.Pack(order, row => _textsOfRows[row], _textCount, _batchRows);
        return EpochOrder.Of(batches.Where(batch => !_dropLast || batch.Count == _batchRows));
    }

    private static int NumberOf(string text, Dictionary<string, int> numbers)
    {
        if (!numbers.TryGetValue(text, out var number))
            numbers.Add(text, number = numbers.Count);
        return number;
    }
}
