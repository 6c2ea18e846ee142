using Distributed.Training.Models.Encoders.PostNorm;
using TorchSharp.Utils;

namespace Distributed.Training.Models.Encoders.MPNet;

/// <summary>The attention sublayer, under the checkpoint's names.</summary>
internal sealed class MPNetAttention : NamedAttention
{
    [ComponentName(Name = "attn")]
    private readonly MPNetSelfAttention _attention;

    [ComponentName(Name = "LayerNorm")]
    private readonly Weights _norm;

    public MPNetAttention(MPNetConfig config)
        : base(nameof(MPNetAttention))
    {
        _attention = new MPNetSelfAttention(config.HiddenSize);
        _norm = Weights.LayerNorm(config.HiddenSize);
        var end = new SublayerEnd(_attention.Output, _norm, config.LayerNormEpsilon, config.HiddenDropout);
        Sublayer = new PostNormAttention(_attention.Query, _attention.Key, _attention.Value, end, config);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override PostNormAttention Sublayer { get; }
}
