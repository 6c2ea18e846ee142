using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>The places of a tile where a row of the batch meets a document of its own.</summary>
internal static class OwnPlaces
{
    /// <summary>Those places as a view of the tile [rows, documents]; null: it has none.</summary>
    public static Tensor? Of(Tensor tile, ShardRange rows, ShardRange documents)
    {
        var start = Math.Max(rows.Start, documents.Start);
        var count = Math.Min(rows.End, documents.End) - start;
        return count <= 0 ? null : tile.narrow(0, start - rows.Start, count).narrow(1, start - documents.Start, count).diagonal();
    }
}
