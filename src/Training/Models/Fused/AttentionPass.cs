namespace Distributed.Training.Models.Fused;

/// <summary>What an attention sublayer needs in one forward pass and its backward.</summary>
/// <param name="Query">Map to the query.</param>
/// <param name="Key">Map to the key.</param>
/// <param name="Value">Map to the value.</param>
/// <param name="Output">The end of the sublayer.</param>
/// <param name="Shape">The texts.</param>
/// <param name="Masks">Masks of the attention probabilities, one a length group; null: no dropout.</param>
/// <param name="Bias">What is added to the scores by relative position; null: nothing.</param>
internal sealed record AttentionPass(
    LinearMap Query, LinearMap Key, LinearMap Value, ResidualOutput Output, AttentionShape Shape, DropoutMask[]? Masks, RelativeBias? Bias)
{
    /// <summary>Whether a parameter of the sublayer is trained.</summary>
    public bool Trains => Query.Trains || Key.Trains || Value.Trains || Output.Trains || Bias?.Trains == true;
}
