using System.Collections.Immutable;
using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary>
/// The hardest positive and negative of rows of a batch, over the whole batch and its memory. Of equally hard ones the first; equal rows are equally hard,
/// though a matrix product may give them different last bits. Holds the points of a few blocks at a time, never of the whole batch.
/// </summary>
internal sealed class HardestRows : IDisposable
{
    /// <summary>Blocks of rows that share the candidates' points: <see cref="Find"/> takes as many at a time.</summary>
    public const int AnchorBlocks = 4;

    private readonly CandidateRows _candidates;
    private readonly RowDistance _distance;
    private readonly ImmutableArray<int> _labels;
    private readonly EqualRows _equals;
    private readonly Tensor _origin;      // [1, dim]
    private readonly Tensor _anchors;     // [rows of some blocks, dim], less the origin
    private readonly Tensor _points;      // [rows of a block of candidates, dim], less the origin
    private readonly Tensor _order;       // of a tile
    private readonly Tensor _pointLabels; // [candidates]

    public HardestRows(EmbeddingBatch batch, RowDistance distance)
    {
        using var scope = NewDisposeScope();
        (_candidates, _distance) = (new CandidateRows(batch), distance);
        _labels = _candidates.Labels;
        _equals = new EqualRows(_candidates);
        _origin = distance.Origin(batch.Columns[0]).DetachFromDisposeScope();
        _anchors = Memory(Math.Min(AnchorBlocks * Blocks.Size, batch.Rows), _origin.size(1));
        _points = Memory(Math.Min(Blocks.Size, _candidates.Count), _origin.size(1));
        _order = Memory(Blocks.Size, Blocks.Size);
        _pointLabels = tensor(_labels.ToArray(), device: _origin.device).DetachFromDisposeScope();
    }

    /// <summary>
    /// Row numbers, int64 [rows.Count]: the farthest row of the same label, itself excepted, and the nearest row of another label; −1 where there is none.
    /// </summary>
    /// <param name="rows">At most <see cref="AnchorBlocks"/> blocks of the batch.</param>
    public (Tensor Positives, Tensor Negatives) Find(ShardRange rows)
    {
        using var scope = NewDisposeScope();
        var found = Search(rows).Select(search => search.Found()).ToList();
        var (positives, negatives) = (cat(found.ConvertAll(part => part.Positives)), cat(found.ConvertAll(part => part.Negatives)));
        return (
            _equals.First(positives, (row, other) => other != rows.Start + row && _labels[other] == _labels[rows.Start + row]).MoveToOuterDisposeScope(),
            _equals.First(negatives, (row, other) => _labels[other] != _labels[rows.Start + row]).MoveToOuterDisposeScope());
    }

    private Tensor Memory(long rows, long columns) => empty([rows, columns], _origin.dtype, _origin.device).DetachFromDisposeScope();

    private ImmutableArray<HardestSearch> Search(ShardRange rows)
    {
        var anchors = Fill(_anchors.narrow(0, 0, rows.Count), rows);
        ImmutableArray<HardestSearch> searches = [.. Blocks.Of(rows).Select(block => HardestSearch.Of(block, _labels, _pointLabels, _order))];
        foreach (var candidates in _candidates.Blocks)
        {
            using var candidateScope = NewDisposeScope();
            var points = Fill(_points.narrow(0, 0, candidates.Count), candidates);
            foreach (var search in searches)
            {
                using var tileScope = NewDisposeScope();
                var order = Blocks.Tile(_order, search.Rows, candidates); // [rows, candidates]
                _distance.Order(Blocks.Part(anchors, rows, search.Rows), points, order);
                search.Take(order, candidates);
            }
        }

        return searches;
    }

    // The points of some rows, less the origin.
    private Tensor Fill(Tensor points, ShardRange rows) => Blocks.Fill(points, _candidates.Block(rows), few => _distance.Points(few).sub_(_origin));

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[_origin, _anchors, _points, _order, _pointLabels])
            tensor.Dispose();
    }
}
