namespace Distributed.Training.Inference.Quantization;

/// <summary>What becomes of the numbers of an embedding.</summary>
public enum EmbeddingDtype
{
    /// <summary>As they are.</summary>
    Float32,

    /// <summary>Rounded to 16 bits.</summary>
    Float16,

    /// <summary>A step of 256 between the smallest and the largest value of its dimension, from -128.</summary>
    Int8,

    /// <summary>The same from 0.</summary>
    UInt8,

    /// <summary>A bit each, whether it is above 0, eight in a byte from the highest bit on; 128 is taken off the byte.</summary>
    Binary,

    /// <summary>The same bytes as they are.</summary>
    UBinary,
}
