using System.Collections.Immutable;

namespace Distributed.Training.Evaluation;

/// <summary>What the card of a model tells that an adapter was merged into.</summary>
public sealed record MergedModelFacts : ModelFacts
{
    /// <summary>Name of the base model.</summary>
    public required string BaseModel { get; init; }

    /// <summary>Name of the adapter.</summary>
    public required string Adapter { get; init; }

    /// <summary>The lines of the base model's card that say its licence; empty: it says none.</summary>
    public ImmutableArray<string> License { get; init; } = [];
}
