using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

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
    public Tensor Forward(Tensor states, Tensor residual, DropoutSites? dropout)
    {
        using var scope = NewDisposeScope();
        var update = _dense.Apply(states);
        if (dropout is not null)
            update = dropout.Apply(update, _config.HiddenDropout);
        return nn.functional.layer_norm(residual + update, [_config.HiddenSize], _norm.Weight, _norm.Bias, _config.LayerNormEpsilon).MoveToOuterDisposeScope();
    }
}

/// <summary>Attention and its output, under the checkpoint's names.</summary>
internal sealed class BertAttention : nn.Module
{
    [ComponentName(Name = "self")]
    private readonly BertSelfAttention _self;

    [ComponentName(Name = "output")]
    private readonly BertOutput _output;

    public BertAttention(BertConfig config)
        : base(nameof(BertAttention))
    {
        _self = new BertSelfAttention(config);
        _output = new BertOutput(config, config.HiddenSize);
        RegisterComponents();
    }

    /// <summary>[tokens, hidden] → [tokens, hidden].</summary>
    public Tensor Forward(Tensor states, PackedTokens tokens, DropoutSites? dropout)
    {
        using var scope = NewDisposeScope();
        return _output.Forward(_self.Forward(states, tokens, dropout), states, dropout).MoveToOuterDisposeScope();
    }
}

/// <summary>The wide half of the feed-forward sublayer: gelu(dense(states)), the exact gelu with the error function.</summary>
internal sealed class BertIntermediate : nn.Module
{
    [ComponentName(Name = "dense")]
    private readonly Weights _dense;

    public BertIntermediate(BertConfig config)
        : base(nameof(BertIntermediate))
    {
        _dense = Weights.Linear(config.HiddenSize, config.IntermediateSize);
        RegisterComponents();
    }

    /// <summary>[tokens, hidden] → [tokens, intermediate].</summary>
    public Tensor Forward(Tensor states)
    {
        using var scope = NewDisposeScope();
        return nn.functional.gelu(_dense.Apply(states)).MoveToOuterDisposeScope();
    }
}
