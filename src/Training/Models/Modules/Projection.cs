using Distributed.Jobs;
using Distributed.Training.Models.Encoders;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Modules;

/// <summary>A linear map of embeddings, with or without a bias. Zero until filled.</summary>
internal sealed class Projection : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    public Projection(int inputs, int outputs, bool hasBias)
        : base(nameof(Projection))
    {
        _weight = new Parameter(zeros(outputs, inputs));
        _bias = hasBias ? new Parameter(zeros(outputs)) : null;
        RegisterComponents();
    }

    /// <summary>[texts, inputs] → [texts, outputs], the product in the pass's number format.</summary>
    public Tensor Apply(Tensor embeddings, EncoderPass pass) => pass.Precision == Precision.BFloat16
        ? nn.functional.linear(embeddings.to(ScalarType.BFloat16), _weight.to(ScalarType.BFloat16), _bias?.to(ScalarType.BFloat16)).to(embeddings.dtype)
        : nn.functional.linear(embeddings, _weight, _bias);
}
