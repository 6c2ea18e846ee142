using Distributed.Training.Models.Encoders.PostNorm;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.Bert;

/// <summary>The end of a sublayer, under the checkpoint's names.</summary>
internal sealed class BertOutput : nn.Module
{
    [ComponentName(Name = "dense")]
    private readonly Weights _dense;

    [ComponentName(Name = "LayerNorm")]
    private readonly Weights _norm;

    public BertOutput(PostNormConfig config, int inputs)
        : base(nameof(BertOutput))
    {
        _dense = Weights.Linear(inputs, config.HiddenSize);
        _norm = Weights.LayerNorm(config.HiddenSize);
        End = new SublayerEnd(_dense, _norm, config.LayerNormEpsilon, config.HiddenDropout);
        RegisterComponents();
    }

    /// <summary>What it computes.</summary>
    public SublayerEnd End { get; }
}
