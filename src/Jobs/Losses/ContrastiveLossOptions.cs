namespace Distributed.Jobs.Losses;

/// <summary>Pairs that belong together or do not: `contrastive` and `online-contrastive` in a job file.</summary>
public sealed record ContrastiveLossOptions : LossOptions
{
    /// <inheritdoc/>
    public override string Kind => Online ? "online-contrastive" : "contrastive";

    /// <inheritdoc/>
    public override LossInput Input => LossInput.LabelledPairs;

    /// <summary>Whether only the hard pairs of the batch count. Default no.</summary>
    public bool Online { get; init; }

    /// <summary>Distance of two embeddings: Euclidean, Manhattan or cosine. Default cosine.</summary>
    public Distance Distance { get; init; } = Distance.Cosine;

    /// <summary>Distance from which on a pair that does not belong together is far enough. Default 0.5.</summary>
    public double Margin { get; init; } = 0.5;

    /// <summary>Contrastive: whether pairs are summed instead of averaged; online contrastive always sums. Default no.</summary>
    public bool Sum { get; init; }
}
