using Distributed.Jobs;
using static TorchSharp.torch;

namespace Distributed.Benchmarks.Peer;

/// <summary>What PyTorch's autocast does on the CPU: matrix products in bfloat16 on casts made at each use, everything else in float32.</summary>
internal sealed class PeerPrecision(Precision precision)
{
    private readonly bool _isReduced = precision == Precision.BFloat16;

    /// <summary>x·Wᵀ + b.</summary>
    public Tensor Linear(Tensor input, Tensor weight, Tensor bias) =>
        nn.functional.linear(Reduced(input), Reduced(weight), Reduced(bias));

    /// <summary>A product of batches of matrices.</summary>
    public Tensor Product(Tensor left, Tensor right) => matmul(Reduced(left), Reduced(right));

    /// <summary>For softmax, normalisation and loss.</summary>
    public Tensor Full(Tensor tensor) => _isReduced ? tensor.to(ScalarType.Float32) : tensor;

    private Tensor Reduced(Tensor tensor) => _isReduced ? tensor.to(ScalarType.BFloat16) : tensor;
}
