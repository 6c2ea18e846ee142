using Distributed.Jobs.Losses;

namespace Distributed.Training.Losses.Ranking;

/// <summary>One direction with one column of documents: the text of each row in one column is compared with all texts of another.</summary>
/// <param name="Index">Its place among the comparisons of the pass.</param>
/// <param name="Direction">The direction it belongs to.</param>
/// <param name="RowColumn">Column of the rows' texts: 0, anchors, or 1, positives.</param>
/// <param name="DocumentColumn">Column of what they are compared with, memory's columns after those of the batch.</param>
/// <param name="IsMemory">Whether the documents are of past steps: nobody's gradient.</param>
internal sealed record Comparison(int Index, RankingDirections Direction, int RowColumn, int DocumentColumn, bool IsMemory)
{
    public const int Anchors = 0;
    public const int Positives = 1;

    /// <summary>Whether a row's own document is no candidate here: because it is the row's text itself, or the pair, which has a term of its own.</summary>
    public bool LeavesOutOwn => !IsMemory && (Direction is not RankingDirections.QueryToDocument || DocumentColumn == Positives);

    /// <summary>Whether the row's own place holds its own hard negative.</summary>
    public bool HoldsOwnNegative => !IsMemory && !LeavesOutOwn;
}
