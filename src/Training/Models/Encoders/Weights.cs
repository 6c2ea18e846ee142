using Distributed.Training.Models.Adapters;
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

    /// <summary>Whether it is a linear map.</summary>
    public bool IsLinear => _weight.dim() == 2;

    /// <summary>What an adapter adds to the map; null: nothing.</summary>
    public LowRankUpdate? Update { get; private set; }

    /// <summary>The bfloat16 copy; null: weight and bias are cast where they are used.</summary>
    public WeightsCopy? Copy { get; set; }

    /// <summary>The linear map: [tokens, inputs] → [tokens, outputs].</summary>
    public Tensor Apply(Tensor states) => nn.functional.linear(states, _weight, _bias);

    /// <summary>The same in bfloat16, states and result. The copy has no graph: where one is needed, weight and bias are cast.</summary>
    public Tensor ApplyBFloat16(Tensor states)
    {
        var needsGraph = is_grad_enabled() && (_weight.requires_grad || _bias.requires_grad);
        return Copy is { } copy && !needsGraph
            ? nn.functional.linear(states, copy.Weight, copy.Bias)
            : nn.functional.linear(states, _weight.to(ScalarType.BFloat16), _bias.to(ScalarType.BFloat16));
    }

    /// <summary>Gives the map an adapter, under PEFT's names.</summary>
    public void Attach(LowRankUpdate update)
    {
        register_module("lora_A", update.Down);
        register_module("lora_B", update.Up);
        Update = update;
    }

    public static Weights Linear(int inputs, int outputs) => new(zeros(outputs, inputs), zeros(outputs));

    public static Weights LayerNorm(int width) => new(ones(width), zeros(width));
}
