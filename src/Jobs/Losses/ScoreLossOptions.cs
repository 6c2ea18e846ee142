namespace Distributed.Jobs.Losses;

/// <summary>Pairs with a score of how similar they are: `cosine-similarity`, `cosent` and `angle` in a job file.</summary>
public sealed record ScoreLossOptions : LossOptions
{
    /// <inheritdoc/>
    public override string Kind => Objective switch
    {
        ScoreObjective.CoSent => "cosent",
        ScoreObjective.AnglE => "angle",
        _ => "cosine-similarity",
    };

    /// <inheritdoc/>
    public override LossInput Input => LossInput.ScoredPairs;

    /// <summary>What is asked of the similarities.</summary>
    public ScoreObjective Objective { get; init; } = ScoreObjective.CosineSimilarity;

    /// <summary>CoSENT and AnglE: factor on the similarity, 1 / temperature. Default 20.</summary>
    public double Scale { get; init; } = 20;
}

/// <summary>What is asked of the similarities of scored pairs.</summary>
public enum ScoreObjective
{
    /// <summary>The cosine shall be the score: mean squared error.</summary>
    CosineSimilarity,

    /// <summary>The cosines shall be in the scores' order (Su 2022, CoSENT).</summary>
    CoSent,

    /// <summary>The angles in complex space shall be in the scores' order (Li and Li 2023, arXiv 2309.12871).</summary>
    AnglE,
}
