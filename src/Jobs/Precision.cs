using System.Diagnostics.CodeAnalysis;

namespace Distributed.Jobs;

/// <summary>Number format of the encoder's matrix products.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "float32 is the field's own word.")]
public enum Precision
{
    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>bfloat16 products over float32 master weights.</summary>
    BFloat16,
}
