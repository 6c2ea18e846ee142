using Distributed.Training.Models.Fused;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>The end of a sublayer: layerNorm(residual + dropout(dense(states))).</summary>
internal sealed class BertOutput : nn.Module
{
    [ComponentName(Name = "dense")]
    private readonly Weights _dense;

    [ComponentName(Name = "LayerNorm")]
    private readonly Weights _norm;

    private readonly BertConfig _config;

    public BertOutput(BertConfig config, int inputs)
        : base(nameof(BertOutput))
    {
        _config = config;
        _dense = Weights.Linear(inputs, config.HiddenSize);
        _norm = Weights.LayerNorm(config.HiddenSize);
        RegisterComponents();
    }

    /// <summary>[tokens, inputs] and the residual [tokens, hidden] → [tokens, hidden].</summary>
    public Tensor Forward(Tensor states, Tensor residual, EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        var update = pass.ApplyDropout(pass.Apply(_dense, states), _config.HiddenDropout);
        return nn.functional.layer_norm(residual + update, [_config.HiddenSize], _norm.Weight, _norm.Bias, _config.LayerNormEpsilon).MoveToOuterDisposeScope();
    }

    /// <summary>The same for the kernels.</summary>
    public ResidualOutput Fuse(EncoderPass pass) => new(pass.Map(_dense), _norm, _config.LayerNormEpsilon, pass.NextMask(_config.HiddenDropout));
}
