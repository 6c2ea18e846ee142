using System.Collections.Immutable;
using TorchSharp;

namespace Distributed.Training.Safetensors;

/// <summary>A tensor of a file: what the header says of it.</summary>
public sealed record SafetensorsEntry
{
    /// <summary>Name, unique in the file.</summary>
    public required string Name { get; init; }

    /// <summary>Shape; empty for a scalar.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>Element type.</summary>
    public torch.ScalarType ScalarType => Dtype.ScalarType;

    /// <summary>Element type as the file names it.</summary>
    internal SafetensorsDtype Dtype { get; init; }

    /// <summary>First byte, from the start of the file.</summary>
    internal long Offset { get; init; }

    /// <summary>Number of bytes.</summary>
    internal long ByteCount { get; init; }
}
