using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.DistilBert;

/// <summary>The maps of the feed-forward sublayer, under the checkpoint's names.</summary>
internal sealed class DistilBertFeedForward : nn.Module
{
    [ComponentName(Name = "lin1")]
    private readonly Weights _wide;

    [ComponentName(Name = "lin2")]
    private readonly Weights _narrow;

    public DistilBertFeedForward(EncoderConfig config)
        : base(nameof(DistilBertFeedForward))
    {
        _wide = Weights.Linear(config.HiddenSize, config.IntermediateSize);
        _narrow = Weights.Linear(config.IntermediateSize, config.HiddenSize);
        RegisterComponents();
    }

    public Weights Wide => _wide;

    public Weights Narrow => _narrow;
}
