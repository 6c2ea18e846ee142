namespace Distributed.Data.Sampling;

/// <summary>A new random permutation of all rows each epoch, cut into batches one after another.</summary>
/// <param name="rowCount">Rows of the training set.</param>
/// <param name="batchRows">Rows of a full batch.</param>
/// <param name="dropLast">Whether a last batch that is not full is left out.</param>
/// <param name="seed">The job's seed.</param>
internal sealed class ShuffledSampler(int rowCount, int batchRows, bool dropLast, int seed) : ISampler
{
    private readonly int _batchCount = dropLast ? rowCount / batchRows : (rowCount + batchRows - 1) / batchRows;

    /// <inheritdoc/>
    public int? BatchesPerEpoch => _batchCount;

    /// <inheritdoc/>
    public EpochOrder Order(int epoch)
    {
        var rows = new SampleRandom(seed, epoch).Permutation(rowCount);
        var ends = Enumerable.Range(1, _batchCount).Select(batch => (int)Math.Min(rowCount, (long)batch * batchRows));
        return new EpochOrder([.. rows.AsSpan(0, (int)Math.Min(rowCount, (long)_batchCount * batchRows))], [.. ends]);
    }
}
