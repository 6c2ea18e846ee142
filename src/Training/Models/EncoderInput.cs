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

    /// <summary>The texts in the order given; neighbours of equal length form a group.</summary>
    /// <param name="texts">Token ids of each text, special tokens included.</param>
    public static EncoderInput From(IReadOnlyList<int[]> texts)
    {
        var groups = ImmutableArray.CreateBuilder<LengthGroup>();
        foreach (var text in texts)
        {
            if (groups.Count > 0 && groups[^1].Length == text.Length)
                groups[^1] = groups[^1] with { Texts = groups[^1].Texts + 1 };
            else
                groups.Add(new LengthGroup(1, text.Length));
        }

        return new EncoderInput([.. texts.SelectMany(text => text)], groups.ToImmutable());
    }
}

/// <summary>Consecutive texts of equal length.</summary>
/// <param name="Texts">Number of texts.</param>
/// <param name="Length">Tokens of each.</param>
public readonly record struct LengthGroup(int Texts, int Length);
