using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>The places of a tile where a row of the batch meets itself, or a document of its own.</summary>
internal static class OwnPlaces
{
    /// <summary>Those places as a view of the tile [rows, others]; null: it has none.</summary>
    public static Tensor? Of(Tensor tile, ShardRange rows, ShardRange others)
    {
        var start = Math.Max(rows.Start, others.Start);
        var count = Math.Min(rows.End, others.End) - start;
        return count <= 0 ? null : tile.narrow(0, start - rows.Start, count).narrow(1, start - others.Start, count).diagonal();
    }
}
