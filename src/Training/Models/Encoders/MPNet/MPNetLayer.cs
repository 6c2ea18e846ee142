using Distributed.Training.Models.Encoders.Bert;
using Distributed.Training.Models.Encoders.PostNorm;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.MPNet;

/// <summary>A layer, under the checkpoint's names; its feed-forward sublayer has BERT's.</summary>
internal sealed class MPNetLayer : PostNormLayer
{
    [ComponentName(Name = "attention")]
    private readonly MPNetAttention _attention;

    [ComponentName(Name = "intermediate")]
    private readonly BertIntermediate _intermediate;

    [ComponentName(Name = "output")]
    private readonly BertOutput _output;

    private readonly PostNormFeedForward _feedForward;

    public MPNetLayer(MPNetConfig config)
        : base(nameof(MPNetLayer))
    {
        _attention = new MPNetAttention(config);
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
