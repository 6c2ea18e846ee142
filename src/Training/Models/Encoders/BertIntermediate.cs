using Distributed.Training.Models.Fused;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

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
    public Tensor Forward(Tensor states, EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        return nn.functional.gelu(pass.Apply(_dense, states)).MoveToOuterDisposeScope();
    }

    /// <summary>The whole feed-forward sublayer for the kernels.</summary>
    public FeedForwardPass Fuse(EncoderPass pass, BertOutput output) => new(pass.Map(_dense), output.Fuse(pass));
}
