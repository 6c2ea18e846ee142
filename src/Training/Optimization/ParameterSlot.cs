using System.Collections.Immutable;

namespace Distributed.Training.Optimization;

/// <summary>Where one parameter lies in the flat buffers of <see cref="FlatParameters"/>.</summary>
/// <param name="Name">Its key in the module's state dictionary.</param>
/// <param name="Offset">First element.</param>
/// <param name="Shape">Its shape; the elements are in row-major order.</param>
/// <param name="Decays">Whether weight decay applies: not to biases and LayerNorm.</param>
public sealed record ParameterSlot(string Name, long Offset, ImmutableArray<long> Shape, bool Decays)
{
    /// <summary>Number of elements.</summary>
    public long Count { get; } = Shape.Aggregate(1L, (product, size) => product * size);
}
