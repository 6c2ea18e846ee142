using System.Collections.Immutable;
using System.Globalization;

namespace Distributed.Benchmarks.Losses;

/// <summary>A loss over a batch of so many rows of 384 numbers, one way or the other.</summary>
/// <param name="Loss">Kind of loss: mnrl or batch-hard.</param>
/// <param name="Rows">Rows of the global batch.</param>
/// <param name="IsFull">Whether it is the plain formula over the full matrix with autograd, in place of the product's tiles.</param>
internal sealed record LossScaleCase(string Loss, int Rows, bool IsFull)
{
    /// <summary>Width of the embeddings.</summary>
    public const int Dim = 384;

    /// <summary>What the full matrix may take.</summary>
    private const long LargestFullBytes = 12L << 30;

    // Copies of it that autograd was seen to hold.
    private int FullCopies => Loss == "mnrl" ? 11 : 36;

    /// <summary>Kinds of loss.</summary>
    public static ImmutableArray<string> Losses { get; } = ["mnrl", "batch-hard"];

    /// <summary>Matrix products of N × N × dim that the plain formula takes, gradient included.</summary>
    public int Products => Loss == "mnrl" ? 3 : IsFull ? 3 : 1;

    /// <summary>Whether it fits into the memory of the machine this is written for, 24 GB.</summary>
    public bool Fits => !IsFull || (long)Rows * Rows * sizeof(float) * FullCopies <= LargestFullBytes;

    /// <summary>As words of a command line.</summary>
    public IEnumerable<string> Words => [Loss, Rows.ToString(CultureInfo.InvariantCulture), IsFull ? "full" : "tiled"];

    /// <summary>The case that <see cref="Words"/> says.</summary>
    public static LossScaleCase Parse(IReadOnlyList<string> words) => new(words[0], int.Parse(words[1], CultureInfo.InvariantCulture), words[2] == "full");
}
