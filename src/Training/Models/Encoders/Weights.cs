using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>A weight and a bias under a checkpoint's names: of a linear map [outputs, inputs] or of a layer norm [width]. Zero until filled.</summary>
internal sealed class Weights : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    private Weights(Tensor weight, Tensor bias)
        : base(nameof(Weights))
    {
        _weight = new Parameter(weight);
        _bias = new Parameter(bias);
        RegisterComponents();
    }

    public Parameter Weight => _weight;

    public Parameter Bias => _bias;

    /// <summary>The linear map: [tokens, inputs] → [tokens, outputs].</summary>
    public Tensor Apply(Tensor states) => nn.functional.linear(states, _weight, _bias);

    public static Weights Linear(int inputs, int outputs) => new(zeros(outputs, inputs), zeros(outputs));

    public static Weights LayerNorm(int width) => new(ones(width), zeros(width));
}
