using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>
/// Tiles that scored a rank's own rows and that the gradient of its own documents needs again. Made once more where they are not here: the same bits.
/// The tiles of a block of rows lie in one piece of memory, which goes when the last of them was taken.
/// </summary>
/// <param name="tiles">Makes tiles.</param>
/// <param name="batch">The batch.</param>
/// <param name="keeps">Whether any is kept.</param>
internal sealed class KeptTiles(RankingTiles tiles, EmbeddingBatch batch, bool keeps) : IDisposable
{
    private const int CacheLine = 16; // elements of float32

    private readonly Dictionary<(int Comparison, ShardRange Rows), Strip> _kept = [];
    private Tensor? _tile;
    private Tensor? _emptied; // a strip whose last tile is in use

    /// <summary>Memory of all tiles of a batch.</summary>
    public static long Bytes(EmbeddingBatch batch, RankingSoftmaxes softmaxes) =>
        softmaxes.Comparisons.Count(comparison => !comparison.IsMemory) * (long)batch.Rows * batch.Rows * batch.Columns[0].element_size();

    /// <summary>Whether tiles of a comparison are kept, so that their logits must not be overwritten.</summary>
    public bool Keeps(Comparison comparison) => keeps && !comparison.IsMemory;

    /// <summary>Makes a tile and keeps its logits if <see cref="Keeps"/>; otherwise they are valid until the next tile. The caller disposes the tensors.</summary>
    public RankingTile Make(Comparison comparison, ShardRange rows, ShardRange documents)
    {
        if (!Keeps(comparison))
            return tiles.Make(comparison, rows, documents, Tile(rows, documents));

        if (!_kept.TryGetValue((comparison.Index, rows), out var strip))
            _kept.Add((comparison.Index, rows), strip = new Strip(NewStrip(rows), []));
        strip.Documents.Add(documents);
        return tiles.Make(comparison, rows, documents, strip.View(rows, documents));
    }

    /// <summary>The logits of a tile for the last time: the caller may overwrite them, and disposes them. Valid until the next tile.</summary>
    public Tensor Take(Comparison comparison, ShardRange rows, ShardRange documents)
    {
        Release(ref _emptied);
        if (!_kept.TryGetValue((comparison.Index, rows), out var strip) || !strip.Documents.Remove(documents))
            return tiles.Make(comparison, rows, documents, Tile(rows, documents)).Logits;

        var logits = strip.View(rows, documents);
        if (strip.Documents.Count == 0 && _kept.Remove((comparison.Index, rows)))
            _emptied = strip.Memory;
        return logits;
    }

    public void Dispose()
    {
        foreach (var strip in _kept.Values)
            batch.Pool.Return(strip.Memory);
        _kept.Clear();
        Release(ref _tile);
        Release(ref _emptied);
    }

    // The one tile that is not kept.
    private Tensor Tile(ShardRange rows, ShardRange documents)
    {
        _tile ??= New(Blocks.Size, Blocks.Size);
        return Blocks.Tile(_tile, rows, documents);
    }

    private Tensor NewStrip(ShardRange rows) => New(Aligned(rows.Count), batch.Rows);

    private Tensor New(long rows, long columns) => batch.Pool.Rent(rows, columns, batch.Columns[0]).DetachFromDisposeScope();

    private void Release(ref Tensor? memory)
    {
        if (memory is not null)
            batch.Pool.Return(memory);
        memory = null;
    }

    // A whole number of cache lines for each document: every tile starts at one.
    private static int Aligned(int rows) => (rows + CacheLine - 1) / CacheLine * CacheLine;

    private sealed record Strip(Tensor Memory, HashSet<ShardRange> Documents)
    {
        public Tensor View(ShardRange rows, ShardRange documents) => Blocks.Tile(Memory, rows, documents, (long)Aligned(rows.Count) * documents.Start);
    }
}
