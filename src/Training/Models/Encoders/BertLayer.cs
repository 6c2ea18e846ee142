using Distributed.Training.Models.Fused;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>A layer of the encoder: attention, then the feed-forward sublayer, each with residual and layer norm after it.</summary>
internal sealed class BertLayer : nn.Module
{
    [ComponentName(Name = "attention")]
    private readonly BertAttention _attention;

    [ComponentName(Name = "intermediate")]
    private readonly BertIntermediate _intermediate;

    [ComponentName(Name = "output")]
    private readonly BertOutput _output;

    public BertLayer(BertConfig config)
        : base(nameof(BertLayer))
    {
        _attention = new BertAttention(config);
        _intermediate = new BertIntermediate(config);
        _output = new BertOutput(config, config.IntermediateSize);
        RegisterComponents();
    }

    /// <summary>[tokens, hidden] → [tokens, hidden].</summary>
    public Tensor Forward(Tensor states, EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        var attended = _attention.Forward(states, pass);
        return (pass.IsFused
            ? FeedForwardSublayer.Run(attended, _intermediate.Fuse(pass, _output))
            : _output.Forward(_intermediate.Forward(attended, pass), attended, pass)).MoveToOuterDisposeScope();
    }
}
