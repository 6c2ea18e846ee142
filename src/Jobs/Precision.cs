namespace Distributed.Jobs;

/// <summary>Number format of the encoder's matrix products.</summary>
public enum Precision
{
    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>bfloat16 products over float32 master weights.</summary>
    BFloat16,
}
