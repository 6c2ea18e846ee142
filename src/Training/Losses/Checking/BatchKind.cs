using System.Collections.Immutable;

namespace Distributed.Training.Losses.Checking;

/// <summary>A way in which a batch may be hard on a loss.</summary>
/// <param name="Name">The words for it.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Shards">Logical shards.</param>
internal sealed record BatchKind(string Name, int Rows, int Shards)
{
    /// <summary>Whether rows repeat others, and texts others, some embeddings are zero and some texts missing.</summary>
    public bool IsUntidy { get; init; }

    /// <summary>Whether all rows are of one class and have one score.</summary>
    public bool IsOneClass { get; init; }

    /// <summary>Whether all embeddings are the same.</summary>
    public bool IsCollapsed { get; init; }

    /// <summary>Whether past steps' embeddings stand beside the batch, where the loss takes them.</summary>
    public bool HasMemory { get; init; }

    /// <summary>Kinds that a gradient can be compared with differences on.</summary>
    public static ImmutableArray<BatchKind> WithSlopes { get; } =
    [
        new("an ordinary batch", 9, 3) { HasMemory = true },
        new("repeated, zero and missing rows", 13, 4) { IsUntidy = true },
        new("one row", 1, 1),
        new("one class", 6, 2) { IsOneClass = true },
    ];

    /// <summary>All kinds.</summary>
    public static ImmutableArray<BatchKind> All { get; } = [.. WithSlopes, new("equal embeddings", 6, 2) { IsCollapsed = true }];

    /// <summary>One that eight ranks can share.</summary>
    public static BatchKind ForEightRanks { get; } = new("29 rows", 29, 8) { IsUntidy = true, HasMemory = true };
}
