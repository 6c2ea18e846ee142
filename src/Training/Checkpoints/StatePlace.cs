using System.Collections.Immutable;
using TorchSharp;

namespace Distributed.Training.Checkpoints;

/// <summary>A tensor of a state: its key in a checkpoint's file, and where it lies in the state.</summary>
/// <param name="Name">The key.</param>
/// <param name="Type">Type of its numbers.</param>
/// <param name="Shape">Its shape; the elements are in row-major order.</param>
/// <param name="Start">First byte.</param>
/// <param name="Bytes">Number of bytes.</param>
internal sealed record StatePlace(string Name, torch.ScalarType Type, ImmutableArray<long> Shape, long Start, long Bytes)
{
    /// <summary>Its bytes in a state.</summary>
    public Span<byte> Of(Span<byte> state) => state.Slice(checked((int)Start), checked((int)Bytes));
}
