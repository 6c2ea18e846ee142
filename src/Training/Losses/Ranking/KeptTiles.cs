using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>
/// Tiles that scored a rank's own rows and that the gradient of its own documents needs again. Made once more where they are not here: the same bits.
/// </summary>
/// <param name="tiles">Makes tiles.</param>
/// <param name="keeps">Whether any is kept.</param>
internal sealed class KeptTiles(RankingTiles tiles, bool keeps) : IDisposable
{
    private readonly Dictionary<(int Comparison, ShardRange Rows, ShardRange Documents), Tensor> _kept = [];

    /// <summary>Memory of all tiles of a batch.</summary>
    public static long Bytes(EmbeddingBatch batch, RankingSoftmaxes softmaxes) =>
        softmaxes.Comparisons.Count(comparison => !comparison.IsMemory) * (long)batch.Rows * batch.Rows * batch.Columns[0].element_size();

    /// <summary>Whether tiles of a comparison are kept, so that their logits must not be overwritten.</summary>
    public bool Keeps(Comparison comparison) => keeps && !comparison.IsMemory;

    /// <summary>Makes a tile and keeps its logits if <see cref="Keeps"/>.</summary>
    public RankingTile Make(Comparison comparison, ShardRange rows, ShardRange documents)
    {
        var tile = tiles.Of(comparison, rows, documents);
        if (!Keeps(comparison))
            return tile;

        var key = (comparison.Index, rows, documents);
        if (_kept.Remove(key, out var before))
            before.Dispose();
        _kept.Add(key, tile.Logits.DetachFromDisposeScope());
        return tile;
    }

    /// <summary>The logits of a tile for the last time: the caller owns them and may overwrite them.</summary>
    public Tensor Take(Comparison comparison, ShardRange rows, ShardRange documents) =>
        _kept.Remove((comparison.Index, rows, documents), out var logits) ? logits : tiles.Of(comparison, rows, documents).Logits;

    public void Dispose()
    {
        foreach (var tile in _kept.Values)
            tile.Dispose();
        _kept.Clear();
    }
}
