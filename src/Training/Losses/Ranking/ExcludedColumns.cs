using System.Collections.Immutable;
using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>
/// Which places of a tile of similarities are no candidates for a row: what has its own term or none, documents that their row lacks and, by option, false
/// negatives, whose text is that of the row's own anchor or positive.
/// </summary>
/// <param name="rowHashes">Hashes of the rows' anchors and of their positives.</param>
/// <param name="documentHashes">Hashes of the texts of every column that rows are compared with; 0: the row lacks the text.</param>
/// <param name="maskFalseNegatives">Whether equal texts are left out.</param>
internal sealed class ExcludedColumns(
    ImmutableArray<ImmutableArray<ulong>> rowHashes, ImmutableArray<ImmutableArray<ulong>> documentHashes, bool maskFalseNegatives)
{
    private readonly Dictionary<(int Column, ShardRange Documents), (HashIndex Index, long[] Missing)> _blocks = [];

    /// <summary>Sets the excluded places of a tile [rows, documents] to −∞.</summary>
    public void Mask(Tensor tile, Comparison comparison, ShardRange rows, ShardRange documents)
    {
        if (comparison.LeavesOutOwn)
            OwnPlaces.Of(tile, rows, documents)?.fill_(double.NegativeInfinity);
        var (index, missing) = Block(comparison.DocumentColumn, documents);
        if (missing.Length > 0)
            tile.index_fill_(1, tensor(missing, device: tile.device), double.NegativeInfinity);
        if (maskFalseNegatives && FalseNegatives(index, rows, documents) is { Count: > 0 } places)
            tile.view(-1).index_fill_(0, tensor(places.ToArray(), device: tile.device), double.NegativeInfinity);
    }

    private List<long> FalseNegatives(HashIndex index, ShardRange rows, ShardRange documents)
    {
        List<long> places = [];
        for (var row = 0; row < rows.Count; row++)
        {
            foreach (var hashes in rowHashes)
            {
                for (var document = index.First(hashes[rows.Start + row]); document >= 0; document = index.Next(document))
                    places.Add(((long)row * documents.Count) + document);
            }
        }

        return places;
    }

    private (HashIndex Index, long[] Missing) Block(int column, ShardRange documents)
    {
        if (_blocks.TryGetValue((column, documents), out var known))
            return known;

        var hashes = documentHashes[column].AsSpan(documents.Start, documents.Count);
        List<long> missing = [];
        for (var document = hashes.IndexOf(0UL); document >= 0; document = Next(hashes, document))
            missing.Add(document);
        return _blocks[(column, documents)] = (new HashIndex(hashes), [.. missing]);
    }

    private static int Next(ReadOnlySpan<ulong> hashes, int document)
    {
        var next = hashes[(document + 1)..].IndexOf(0UL);
        return next < 0 ? -1 : document + 1 + next;
    }
}
