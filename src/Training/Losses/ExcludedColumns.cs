using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>
/// Which columns of a tile of similarities a row must not be compared with: documents that the batch lacks and, by option, false negatives, whose text is
/// that of the row's own anchor or positive. A row's own positive is never left out.
/// </summary>
internal sealed class ExcludedColumns(EmbeddingBatch batch, bool maskFalseNegatives)
{
    private const int Positives = 1;

    /// <summary>Sets the excluded places of a tile [rows, columns] to −∞.</summary>
    /// <param name="tile">Similarities of anchors to the documents of one text column; changed in place.</param>
    /// <param name="rows">The tile's rows.</param>
    /// <param name="column">Text column of the documents, at least 1.</param>
    /// <param name="documents">The tile's columns: rows of the batch whose documents they are.</param>
    public void Mask(Tensor tile, ShardRange rows, int column, ShardRange documents)
    {
        List<long> places = [];
        if (column != Positives)
            AddMissing(places, rows, column, documents);
        if (maskFalseNegatives)
            AddFalseNegatives(places, rows, column, documents);
        if (places.Count == 0)
            return;

        using var indices = tensor(places.ToArray(), device: tile.device);
        using var flat = tile.view(-1);
        flat.index_fill_(0, indices, double.NegativeInfinity);
    }

    private void AddMissing(List<long> places, ShardRange rows, int column, ShardRange documents)
    {
        var hashes = batch.TextHashes[column].AsSpan(documents.Start, documents.Count);
        for (var document = 0; document < hashes.Length; document++)
            for (var row = 0; hashes[document] == 0 && row < rows.Count; row++)
                places.Add(((long)row * documents.Count) + document);
    }

    private void AddFalseNegatives(List<long> places, ShardRange rows, int column, ShardRange documents)
    {
        var index = new HashIndex(batch.TextHashes[column].AsSpan(documents.Start, documents.Count));
        for (var row = 0; row < rows.Count; row++)
        {
            var own = column == Positives ? rows.Start + row - documents.Start : -1;
            Add(batch.TextHashes[0][rows.Start + row]);
            Add(batch.TextHashes[Positives][rows.Start + row]);

            void Add(ulong hash)
            {
                foreach (var document in index.PositionsOf(hash))
                    if (document != own)
                        places.Add(((long)row * documents.Count) + document);
            }
        }
    }
}
