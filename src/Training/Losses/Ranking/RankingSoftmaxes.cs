using System.Collections.Immutable;
using Distributed.Jobs.Losses;

namespace Distributed.Training.Losses.Ranking;

/// <summary>The softmaxes of a ranking loss, one or one a direction, and what each runs over beside the pair.</summary>
internal sealed class RankingSoftmaxes
{
    private static readonly RankingDirections[] AllDirections =
    [
        RankingDirections.QueryToDocument, RankingDirections.QueryToQuery, RankingDirections.DocumentToQuery,
        RankingDirections.DocumentToDocument, RankingDirections.PositiveToPositive,
    ];

    /// <param name="options">The loss.</param>
    /// <param name="columns">Text columns of the batch.</param>
    /// <param name="memoryColumns">Text columns of the memory; 0 without one.</param>
    public RankingSoftmaxes(RankingLossOptions options, int columns, int memoryColumns)
    {
        var isJoint = options.Partition is SoftmaxPartition.Joint;
        var directions = AllDirections.Where(direction => options.Directions.HasFlag(direction)).ToArray();
        Comparisons = [.. directions.SelectMany(direction => Of(direction, columns, memoryColumns)).Select((comparison, index) => comparison with { Index = index })];
        All = isJoint ? [Comparisons] : [.. directions.Select(direction => Comparisons.Where(comparison => comparison.Direction == direction).ToImmutableArray())];

        // Document-query compares the pair as well: the other way round, it is in the joint softmax twice.
        PairCopies = isJoint && options.Directions.HasFlag(RankingDirections.DocumentToQuery) ? 2 : 1;
        RowColumns = [.. Comparisons.Select(comparison => comparison.RowColumn).Distinct()];
    }

    /// <summary>All comparisons.</summary>
    public ImmutableArray<Comparison> Comparisons { get; }

    /// <summary>The comparisons of each softmax.</summary>
    public ImmutableArray<ImmutableArray<Comparison>> All { get; }

    /// <summary>How often the pair itself is in each softmax.</summary>
    public int PairCopies { get; }

    /// <summary>The columns whose texts are compared with others: 0, and 1 with some directions.</summary>
    public ImmutableArray<int> RowColumns { get; }

    private static IEnumerable<Comparison> Of(RankingDirections direction, int columns, int memoryColumns)
    {
        Comparison New(int rows, int documents, bool isMemory = false) => new(0, direction, rows, documents, isMemory);
        var documents = Enumerable.Range(Comparison.Positives, columns - 1);
        return direction switch
        {
            RankingDirections.QueryToDocument => documents.Select(column => New(Comparison.Anchors, column))
                .Concat(Enumerable.Range(1, Math.Max(0, memoryColumns - 1)).Select(column => New(Comparison.Anchors, columns + column, isMemory: true))),
            RankingDirections.QueryToQuery => [New(Comparison.Anchors, Comparison.Anchors)],
            RankingDirections.DocumentToQuery => [New(Comparison.Positives, Comparison.Anchors)],
            RankingDirections.DocumentToDocument => documents.Select(column => New(Comparison.Positives, column)),
            _ => [New(Comparison.Positives, Comparison.Positives)],
        };
    }
}
