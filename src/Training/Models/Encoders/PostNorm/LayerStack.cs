using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.PostNorm;

/// <summary>The layers, one after another, and the table of relative positions that some families share between them.</summary>
/// <typeparam name="TLayer">Layer of the family.</typeparam>
internal sealed class LayerStack<TLayer> : nn.Module
    where TLayer : PostNormLayer
{
    [ComponentName(Name = "layer")]
    private readonly ModuleList<TLayer> _layers;

    [ComponentName(Name = "relative_attention_bias")]
    private readonly EmbeddingTable? _relativePositions;

    /// <param name="layers">The layers.</param>
    /// <param name="relativePositions">Table [buckets, heads] of <see cref="RelativePositions"/>; null: there is none.</param>
    public LayerStack(IEnumerable<TLayer> layers, EmbeddingTable? relativePositions = null)
        : base(nameof(LayerStack<>))
    {
        _layers = new ModuleList<TLayer>([.. layers]);
        _relativePositions = relativePositions;
        RegisterComponents();
    }

    /// <summary>The states after each layer, the last last.</summary>
    public IEnumerable<Tensor> Forward(Tensor states, EncoderPass pass)
    {
        var bias = _relativePositions is null ? null : new PositionBias(_relativePositions, pass);
        foreach (var layer in _layers)
        {
            states = layer.Forward(states, pass, bias);
            yield return states;
        }
    }
}
