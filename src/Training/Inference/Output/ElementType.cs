namespace Distributed.Training.Inference.Output;

/// <summary>Number formats that files of embeddings hold.</summary>
public enum ElementType
{
    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>16-bit floating point, IEEE 754.</summary>
    Float16,

    /// <summary>A signed byte.</summary>
    Int8,

    /// <summary>An unsigned byte.</summary>
    UInt8,
}
