using System.Collections.Immutable;

namespace Distributed.Training.Safetensors;

/// <summary>A tensor to be written, wherever its numbers are.</summary>
/// <param name="Name">Name, unique in the file.</param>
/// <param name="Dtype">Element type.</param>
/// <param name="Shape">Shape; empty for a scalar.</param>
/// <param name="Write">Writes its bytes, <see cref="ByteCount"/> of them, in row-major order and little-endian.</param>
internal sealed record SafetensorsContent(string Name, SafetensorsDtype Dtype, ImmutableArray<long> Shape, Action<Stream> Write)
{
    /// <summary>Number of bytes.</summary>
    public long ByteCount { get; } = Shape.Aggregate((long)Dtype.Size, (product, size) => product * size);
}
