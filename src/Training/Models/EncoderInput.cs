using System.Collections.Immutable;

namespace Distributed.Training.Models;

/// <summary>
/// A micro-batch without padding: the token ids of its texts one after another, texts sorted by length so that equal lengths stand together
/// and attention runs group by group without a mask.
/// </summary>
/// <param name="TokenIds">All token ids, special tokens included.</param>
/// <param name="Groups">Texts of equal length, in the order of <paramref name="TokenIds"/>.</param>
public sealed record EncoderInput(int[] TokenIds, ImmutableArray<LengthGroup> Groups)
{
    /// <summary>Number of texts.</summary>
    public int TextCount => Groups.Sum(group => group.Texts);
}

/// <summary>Consecutive texts of equal length.</summary>
/// <param name="Texts">Number of texts.</param>
/// <param name="Length">Tokens of each.</param>
public readonly record struct LengthGroup(int Texts, int Length);
