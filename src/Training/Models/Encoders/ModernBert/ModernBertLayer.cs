using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.ModernBert;

/// <summary>A layer: x + attention(norm(x)), then y + feedForward(norm(y)). The first layer's attention has no norm: the embeddings end with one.</summary>
internal sealed class ModernBertLayer : nn.Module
{
    [ComponentName(Name = "attn_norm")]
    private readonly Weights? _attentionNorm;

    [ComponentName(Name = "attn")]
    private readonly ModernBertAttention _attention;

    [ComponentName(Name = "mlp_norm")]
    private readonly Weights _feedForwardNorm;

    [ComponentName(Name = "mlp")]
    private readonly ModernBertFeedForward _feedForward;

    private readonly double _epsilon;

    public ModernBertLayer(ModernBertConfig config, int layer)
        : base(nameof(ModernBertLayer))
    {
        _epsilon = config.NormEpsilon;
        _attentionNorm = layer == 0 ? null : Weights.LayerNormWithoutBias(config.HiddenSize);
        _attention = new ModernBertAttention(config);
        _feedForwardNorm = Weights.LayerNormWithoutBias(config.HiddenSize);
        _feedForward = new ModernBertFeedForward(config);
        RegisterComponents();
    }

    /// <summary>[tokens, hidden] → [tokens, hidden].</summary>
    public Tensor Forward(Tensor states, EncoderPass pass, AttentionContext context)
    {
        using var scope = NewDisposeScope();
        var attended = states + _attention.Forward(_attentionNorm?.Normalize(states, _epsilon) ?? states, pass, context);
        return (attended + _feedForward.Forward(_feedForwardNorm.Normalize(attended, _epsilon), pass)).MoveToOuterDisposeScope();
    }
}
