using System.Collections.Immutable;

namespace Distributed.Training.Tokenization;

/// <summary>The special tokens of every text.</summary>
/// <param name="Before">Ids before the text.</param>
/// <param name="After">Ids after it.</param>
internal sealed record SpecialTokenFrame(ImmutableArray<int> Before, ImmutableArray<int> After)
{
    /// <summary>No special tokens.</summary>
    public static readonly SpecialTokenFrame None = new([], []);

    /// <summary>How many there are.</summary>
    public int Count => Before.Length + After.Length;

    /// <summary>This frame with another one around it.</summary>
    public SpecialTokenFrame Within(SpecialTokenFrame outer) => new([.. outer.Before, .. Before], [.. After, .. outer.After]);

    /// <summary>The ids of a text with their frame.</summary>
    public int[] Around(ReadOnlySpan<int> ids) => [.. Before, .. ids, .. After];
}
