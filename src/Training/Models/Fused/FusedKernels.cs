using System.Runtime.Intrinsics;
using Distributed.Training.Models.Encoders;

namespace Distributed.Training.Models.Fused;

/// <summary>Where the vectorised kernels can be used: they cut the encoder's step by the share that is not matrix products.</summary>
internal static class FusedKernels
{
    private const int Step = 8;

    /// <summary>Whether this machine and these sizes allow it.</summary>
    public static bool Support(EncoderConfig config)
        => config.HasFusedForm
            && Vector256.IsHardwareAccelerated
            && config.HiddenSize % Step == 0
            && config.IntermediateSize % Step == 0
            && AttentionKernel.Supports(config.HeadSize);
}
