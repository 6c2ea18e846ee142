using System.Text.Json.Serialization;

namespace Distributed.Jobs.Losses;

/// <summary>Triplets as the data gives them: `triplet` in a job file.</summary>
public sealed record TripletLossOptions : LossOptions
{
    /// <inheritdoc/>
    public override string Kind => "triplet";

    /// <inheritdoc/>
    public override LossInput Input => LossInput.Triplets;

    /// <summary>Distance of two embeddings: Euclidean, Manhattan or cosine. Default Euclidean.</summary>
    public Distance Distance { get; init; } = Distance.Euclidean;

    /// <summary>How much farther than the positive the negative has to be. Default 5.</summary>
    public double Margin { get; init; } = 5;

    /// <inheritdoc cref="MinedTripletLossOptions.Normalize"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // jobs of older versions keep their hash
    public bool Normalize { get; init; }
}
