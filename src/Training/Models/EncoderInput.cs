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

    /// <summary>Packs token ids of texts that are sorted by length, shortest first or longest first.</summary>
    /// <exception cref="ArgumentException">Texts of one length do not stand together, or one is empty.</exception>
    public static EncoderInput Pack(IReadOnlyList<int[]> texts)
    {
        var groups = ImmutableArray.CreateBuilder<LengthGroup>();
        var tokenIds = new int[texts.Sum(text => text.Length)];
        var at = 0;
        for (var first = 0; first < texts.Count;)
        {
            var length = texts[first].Length;
            if (length == 0 || groups.Any(group => group.Length == length))
                throw new ArgumentException($"Text {first} of length {length} does not stand with its equals.", nameof(texts));

            var end = first;
            for (; end < texts.Count && texts[end].Length == length; end++, at += length)
                texts[end].CopyTo(tokenIds, at);
            groups.Add(new LengthGroup(end - first, length));
            first = end;
        }

        return new EncoderInput(tokenIds, groups.ToImmutable());
    }
}

/// <summary>Consecutive texts of equal length.</summary>
/// <param name="Texts">Number of texts.</param>
/// <param name="Length">Tokens of each.</param>
public readonly record struct LengthGroup(int Texts, int Length);
