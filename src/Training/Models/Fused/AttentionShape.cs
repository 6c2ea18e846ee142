using System.Collections.Immutable;

namespace Distributed.Training.Models.Fused;

/// <summary>Sizes of an attention over packed tokens, and where each text's probabilities lie.</summary>
/// <param name="Groups">Runs of texts of equal length.</param>
/// <param name="Heads">Number of heads.</param>
/// <param name="HeadSize">Width of a head.</param>
internal sealed record AttentionShape(ImmutableArray<LengthGroup> Groups, int Heads, int HeadSize)
{
    /// <summary>Width of a token's state.</summary>
    public int Width => Heads * HeadSize;

    /// <summary>Length of the longest text.</summary>
    public int LongestText => Groups.Max(group => group.Length);

    /// <summary>Floats that the attention probabilities of all texts and heads take, rows padded.</summary>
    public long ProbabilityCount => Groups.Sum(group => (long)group.Texts * Heads * group.Length * SmallMatrix.Padded(group.Length));
}
