using Distributed.Training.Models.Encoders.PostNorm;
using TorchSharp.Utils;

namespace Distributed.Training.Models.Encoders.Bert;

/// <summary>The attention sublayer, under the checkpoint's names.</summary>
internal sealed class BertAttention : NamedAttention
{
    [ComponentName(Name = "self")]
    private readonly BertSelfAttention _self;

    [ComponentName(Name = "output")]
    private readonly BertOutput _output;

    public BertAttention(PostNormConfig config)
        : base(nameof(BertAttention))
    {
        _self = new BertSelfAttention(config.HiddenSize);
        _output = new BertOutput(config, config.HiddenSize);
        Sublayer = new PostNormAttention(_self.Query, _self.Key, _self.Value, _output.End, config);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override PostNormAttention Sublayer { get; }
}
