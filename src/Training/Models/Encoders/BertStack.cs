using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>The layers, one after another.</summary>
internal sealed class BertStack : nn.Module
{
    [ComponentName(Name = "layer")]
    private readonly ModuleList<BertLayer> _layers;

    public BertStack(BertConfig config)
        : base(nameof(BertStack))
    {
        _layers = new ModuleList<BertLayer>([.. Enumerable.Range(0, config.Layers).Select(_ => new BertLayer(config))]);
        RegisterComponents();
    }

    /// <summary>The states after each layer, the last last.</summary>
    public IEnumerable<Tensor> Forward(Tensor states, EncoderPass pass)
    {
        foreach (var layer in _layers)
        {
            states = layer.Forward(states, pass);
            yield return states;
        }
    }
}
