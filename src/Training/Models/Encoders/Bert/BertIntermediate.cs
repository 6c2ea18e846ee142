using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.Bert;

/// <summary>The map of the wide half of the feed-forward sublayer, under the checkpoint's names.</summary>
internal sealed class BertIntermediate : nn.Module
{
    [ComponentName(Name = "dense")]
    private readonly Weights _dense;

    public BertIntermediate(EncoderConfig config)
        : base(nameof(BertIntermediate))
    {
        _dense = Weights.Linear(config.HiddenSize, config.IntermediateSize);
        RegisterComponents();
    }

    public Weights Dense => _dense;
}
