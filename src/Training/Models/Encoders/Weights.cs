using Distributed.Training.Models.Adapters;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>
/// A weight, and mostly a bias, under a checkpoint's names: of a linear map [outputs, inputs] or of a layer norm [width]. Yet to be filled.
/// </summary>
internal sealed class Weights : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    private Weights(Parameter weight, Parameter? bias)
        : base(nameof(Weights))
    {
        _weight = weight;
        _bias = bias;
        RegisterComponents();
    }

    public Parameter Weight => _weight;

    public Parameter Bias => _bias ?? throw new InvalidOperationException("these weights have no bias");

    /// <summary>The bias, null where there is none.</summary>
    public Parameter? BiasIfAny => _bias;

    public static Weights Linear(int inputs, int outputs) => new(Unfilled.Parameter(outputs, inputs), Unfilled.Parameter(outputs));

    public static Weights LinearWithoutBias(int inputs, int outputs) => new(Unfilled.Parameter(outputs, inputs), null);

    public static Weights LayerNorm(int width) => new(Unfilled.Parameter(width), Unfilled.Parameter(width));

    public static Weights LayerNormWithoutBias(int width) => new(Unfilled.Parameter(width), null);

    /// <summary>Whether it is a linear map.</summary>
    public bool IsLinear => _weight.dim() == 2;

    /// <summary>What an adapter adds to the map; null: nothing.</summary>
    public LowRankUpdate? Update { get; private set; }

    /// <summary>The bfloat16 copy; null: weight and bias are cast where they are used.</summary>
    public WeightsCopy? Copy { get; set; }

    /// <summary>The linear map: [tokens, inputs] → [tokens, outputs].</summary>
    public Tensor Apply(Tensor states) => nn.functional.linear(states, _weight, _bias);

    /// <summary>The layer norm: [tokens, width] → [tokens, width].</summary>
    public Tensor Normalize(Tensor states, double epsilon) => nn.functional.layer_norm(states, _weight.shape, _weight, _bias, epsilon);

    /// <summary>The linear map in bfloat16, states and result. The copy has no graph: where one is needed, weight and bias are cast.</summary>
    public Tensor ApplyBFloat16(Tensor states)
    {
        var needsGraph = is_grad_enabled() && (_weight.requires_grad || _bias?.requires_grad == true);
        return Copy is { } copy && !needsGraph
            ? nn.functional.linear(states, copy.Weight, copy.Bias)
            : nn.functional.linear(states, _weight.to(ScalarType.BFloat16), _bias?.to(ScalarType.BFloat16));
    }

    /// <summary>Gives the map an adapter, under PEFT's names.</summary>
    public void Attach(LowRankUpdate update)
    {
        register_module("lora_A", update.Down);
        register_module("lora_B", update.Up);
        Update = update;
    }
}
