using System.Collections.Immutable;
using Distributed.Training.Runtime;
using TorchSharp;

namespace Distributed.Training.Checkpoints;

/// <summary>A tensor of a state: its key in a checkpoint's file, and where it lies in the state.</summary>
/// <param name="Name">The key.</param>
/// <param name="Type">Type of its numbers.</param>
/// <param name="Shape">Its shape; the elements are in row-major order.</param>
/// <param name="Section">The section of floats that it lies in; null: the tail.</param>
/// <param name="Start">First byte in the section.</param>
/// <param name="Bytes">Number of bytes.</param>
internal sealed record StatePlace(string Name, torch.ScalarType Type, ImmutableArray<long> Shape, int? Section, long Start, long Bytes)
{
    /// <summary>How it is cut so that no piece has more than <paramref name="most"/> bytes, a multiple of four: place in the tensor and length of each piece.</summary>
    public IEnumerable<(long Start, int Length)> Windows(int most) => ByteWindows.Of(Bytes, most);

    /// <summary>The bytes of a window in a state.</summary>
    public Span<byte> Of(TrainingState state, (long Start, int Length) window) => state.Bytes(Section, Start + window.Start, window.Length);
}
