using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary>Distances of rows to all their positives.</summary>
internal static class PositiveDistances
{
    /// <summary>By slot, [rows, P]; −∞ in slots behind the last.</summary>
    public static Tensor Of(EmbeddingBatch batch, ClassRows classes, ShardRange rows, RowDistance distance)
    {
        using var scope = NewDisposeScope();
        var embeddings = batch.Columns[0];
        var distances = empty([rows.Count, classes.Slots], embeddings.dtype, embeddings.device);
        for (var start = rows.Start; start < rows.End && classes.Slots > 0; start += RowsAtOnce(classes))
        {
            using var partScope = NewDisposeScope();
            var part = new ShardRange(start, Math.Min(RowsAtOnce(classes), rows.End - start));
            var positives = classes.Positives(part, embeddings.device);                                       // [part, P]
            var others = distance.Points(embeddings.index_select(0, positives.clamp_min(0).view(-1)));
            var anchors = distance.Points(embeddings.narrow(0, part.Start, part.Count)).unsqueeze(1);         // [part, 1, dim]
            var tile = distance.Tile(anchors, others.view(part.Count, classes.Slots, -1)).squeeze(1);
            distances.narrow(0, part.Start - rows.Start, part.Count).copy_(tile.masked_fill_(positives < 0, double.NegativeInfinity));
        }

        return distances.MoveToOuterDisposeScope();
    }

    private static int RowsAtOnce(ClassRows classes) => Math.Max(1, Blocks.Size / classes.Slots);
}
