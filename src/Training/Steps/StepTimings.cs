namespace Distributed.Training.Steps;

/// <summary>Where the time of one rank's step went.</summary>
public sealed record StepTimings
{
    /// <summary>Tokenising (what was not done in the background), embedding, and embedding again under GradCache's first pass.</summary>
    public TimeSpan Encode { get; init; }

    /// <summary>Exchanging embeddings and row statistics, waiting for slower ranks included.</summary>
    public TimeSpan Gather { get; init; }

    /// <summary>Loss, its gradient with respect to the embeddings, and that of its own parameters.</summary>
    public TimeSpan Loss { get; init; }

    /// <summary>Backward through the encoder, GradCache's second encoding included.</summary>
    public TimeSpan Backward { get; init; }

    /// <summary>Adding the shards' gradients over all ranks, waiting for slower ranks included.</summary>
    public TimeSpan Reduce { get; init; }

    /// <summary>The whole step up to the vote.</summary>
    public TimeSpan Total { get; init; }
}
