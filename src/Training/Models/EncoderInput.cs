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

    /// <summary>By text, how many tokens at its front are attended to but not pooled: those of a prompt. Empty: none of any.</summary>
    public ImmutableArray<int> Excluded { get; private init; } = [];

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

    /// <summary>The same, where tokens at the front of texts are not pooled.</summary>
    /// <param name="texts">Token ids of each text, special tokens included.</param>
    /// <param name="excluded">How many of each text; more than it has: all.</param>
    public static EncoderInput From(IReadOnlyList<int[]> texts, IReadOnlyList<int> excluded)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(excluded.Count, texts.Count);
        var input = From(texts);
        return excluded.All(count => count <= 0)
            ? input
            : input with { Excluded = [.. texts.Zip(excluded, (text, count) => Math.Clamp(count, 0, text.Length))] };
    }

    /// <summary>By group, the first token of each of its texts that is pooled.</summary>
    internal IEnumerable<int[]> FirstPooled()
    {
        var text = 0;
        foreach (var group in Groups)
        {
            yield return Excluded.IsEmpty ? new int[group.Texts] : [.. Excluded.AsSpan(text, group.Texts)];
            text += group.Texts;
        }
    }
}

/// <summary>Consecutive texts of equal length.</summary>
/// <param name="Texts">Number of texts.</param>
/// <param name="Length">Tokens of each.</param>
public readonly record struct LengthGroup(int Texts, int Length);
