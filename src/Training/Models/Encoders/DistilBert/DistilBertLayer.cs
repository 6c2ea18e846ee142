using Distributed.Training.Models.Encoders.PostNorm;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.DistilBert;

/// <summary>A layer, under the checkpoint's names.</summary>
internal sealed class DistilBertLayer : PostNormLayer
{
    [ComponentName(Name = "attention")]
    private readonly DistilBertAttention _attention;

    [ComponentName(Name = "sa_layer_norm")]
    private readonly Weights _attentionNorm;

    [ComponentName(Name = "ffn")]
    private readonly DistilBertFeedForward _feedForward;

    [ComponentName(Name = "output_layer_norm")]
    private readonly Weights _outputNorm;

    private readonly PostNormAttention _first;
    private readonly PostNormFeedForward _second;

    public DistilBertLayer(DistilBertConfig config)
        : base(nameof(DistilBertLayer))
    {
        _attention = new DistilBertAttention(config.HiddenSize);
        _attentionNorm = Weights.LayerNorm(config.HiddenSize);
        _feedForward = new DistilBertFeedForward(config);
        _outputNorm = Weights.LayerNorm(config.HiddenSize);
        RegisterComponents();

        var attentionEnd = new SublayerEnd(_attention.Output, _attentionNorm, config.LayerNormEpsilon, Dropout: 0);
        var end = new SublayerEnd(_feedForward.Narrow, _outputNorm, config.LayerNormEpsilon, config.HiddenDropout);
        _first = new PostNormAttention(_attention.Query, _attention.Key, _attention.Value, attentionEnd, config);
        _second = new PostNormFeedForward(_feedForward.Wide, end, config.Activation);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor states, EncoderPass pass, PositionBias? bias)
    {
        using var scope = NewDisposeScope();
        return _second.Forward(_first.Forward(states, pass, bias), pass).MoveToOuterDisposeScope();
    }
}
