using Distributed.Training.Models.Fused;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

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
    public Tensor Forward(Tensor states, EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        return (pass.IsFused
            ? AttentionSublayer.Run(states, _self.Fuse(pass, _output))
            : _output.Forward(_self.Forward(states, pass), states, pass)).MoveToOuterDisposeScope();
    }
}
