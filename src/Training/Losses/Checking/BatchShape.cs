using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Jobs.Losses;

namespace Distributed.Training.Losses.Checking;

/// <summary>What a loss finds in a batch: what <see cref="GradientCheck"/> draws its batches by.</summary>
public sealed record BatchShape
{
    /// <summary>Text columns. Default two.</summary>
    public int Columns { get; init; } = 2;

    /// <summary>Components of an embedding. Default 7.</summary>
    public int Dim { get; init; } = 7;

    /// <summary>Whether rows have a class. Default no.</summary>
    public bool HasLabels { get; init; }

    /// <summary>Scores that rows can have; empty: none. Default none.</summary>
    public ImmutableArray<float> Scores { get; init; } = [];

    /// <summary>Whether a guide's embeddings stand beside those of the batch. Default no.</summary>
    public bool HasGuides { get; init; }

    /// <summary>Whether embeddings of past steps may stand beside those of the batch. Default no.</summary>
    public bool HasMemory { get; init; }

    /// <summary>Whether rows may lack texts of the third and further columns. Default yes.</summary>
    public bool MayLackTexts { get; init; } = true;

    /// <summary>What the loss of a dataset finds.</summary>
    public static BatchShape Of(DatasetOptions dataset) => Of(dataset.Loss) with
    {
        Columns = dataset.Data.Columns.Length,
        HasLabels = dataset.Data.Label is not null,
        Scores = dataset.Data.Score is null ? [] : Of(dataset.Loss).Scores,
    };

    /// <summary>What a loss needs; of a loss of the user's, two columns, classes and scores.</summary>
    public static BatchShape Of(LossOptions loss) => new()
    {
        Columns = loss.Input switch { LossInput.Labels => 1, LossInput.Triplets => 3, LossInput.Pairs => 4, _ => 2 },
        Dim = loss.Matryoshka is { } matryoshka ? Math.Max(7, matryoshka.Dims.Max()) : 7,
        HasLabels = loss.Input is LossInput.Labels or LossInput.Any,
        Scores = loss.Input switch
        {
            LossInput.LabelledPairs or LossInput.Any => [0, 1],
            LossInput.ScoredPairs => [0, 0.2f, 0.4f, 0.6f, 0.8f, 1],
            _ => [],
        },
        HasGuides = loss is RankingLossOptions { Guide: not null },
        HasMemory = loss.Memory is not null,
        MayLackTexts = loss.Input is LossInput.Pairs or LossInput.Any,
    };
}
