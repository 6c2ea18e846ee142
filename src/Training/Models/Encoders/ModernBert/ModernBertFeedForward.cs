using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.ModernBert;

/// <summary>The gated feed-forward sublayer (GeGLU, Shazeer 2020, arXiv 2002.05202): W2 dropout(activation(a) ∘ b), a and b the halves of W1 x.</summary>
internal sealed class ModernBertFeedForward : nn.Module
{
    [ComponentName(Name = "Wi")]
    private readonly Weights _wide;

    [ComponentName(Name = "Wo")]
    private readonly Weights _narrow;

    private readonly ModernBertConfig _config;

    public ModernBertFeedForward(ModernBertConfig config)
        : base(nameof(ModernBertFeedForward))
    {
        _config = config;
        _wide = Weights.LinearWithoutBias(config.HiddenSize, 2 * config.IntermediateSize);
        _narrow = Weights.LinearWithoutBias(config.IntermediateSize, config.HiddenSize);
        RegisterComponents();
    }

    /// <summary>[tokens, hidden] → [tokens, hidden].</summary>
    public Tensor Forward(Tensor states, EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        var halves = pass.Apply(_wide, states).chunk(2, 1);
        var gated = Activations.Apply(_config.Activation, halves[0]) * halves[1];
        return pass.Apply(_narrow, pass.ApplyDropout(gated, _config.HiddenDropout)).MoveToOuterDisposeScope();
    }
}
