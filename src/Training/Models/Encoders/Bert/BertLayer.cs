using Distributed.Training.Models.Encoders.PostNorm;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.Bert;

/// <summary>A layer, under the checkpoint's names, which but for those in its attention are MPNet's too.</summary>
internal sealed class BertLayer : PostNormLayer
{
    [ComponentName(Name = "attention")]
    private readonly NamedAttention _attention;

    [ComponentName(Name = "intermediate")]
    private readonly BertIntermediate _intermediate;

    [ComponentName(Name = "output")]
    private readonly BertOutput _output;

    private readonly PostNormFeedForward _feedForward;

    public BertLayer(PostNormConfig config, NamedAttention attention)
        : base(nameof(BertLayer))
    {
        _attention = attention;
        _intermediate = new BertIntermediate(config);
        _output = new BertOutput(config, config.IntermediateSize);
        _feedForward = new PostNormFeedForward(_intermediate.Dense, _output.End, config.Activation);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor states, EncoderPass pass, PositionBias? bias)
    {
        using var scope = NewDisposeScope();
        return _feedForward.Forward(_attention.Sublayer.Forward(states, pass, bias), pass).MoveToOuterDisposeScope();
    }
}
