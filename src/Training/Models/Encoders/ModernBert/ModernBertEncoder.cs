using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.ModernBert;

/// <summary>
/// The ModernBERT encoder (Warner et al. 2024, arXiv 2412.13663): rotary positions, global and local attention in turn, gated feed-forward sublayers,
/// layer norm before every sublayer, no biases. libtorch's operators run it everywhere.
/// </summary>
internal sealed class ModernBertEncoder : TokenEncoder
{
    [ComponentName(Name = "embeddings")]
    private readonly ModernBertEmbeddings _embeddings;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<ModernBertLayer> _layers;

    [ComponentName(Name = "final_norm")]
    private readonly Weights _norm;

    private readonly ModernBertConfig _config;

    public ModernBertEncoder(ModernBertConfig config)
        : base(nameof(ModernBertEncoder))
    {
        _config = config;
        _embeddings = new ModernBertEmbeddings(config);
        _layers = new ModuleList<ModernBertLayer>([.. Enumerable.Range(0, config.Layers).Select(layer => new ModernBertLayer(config, layer))]);
        _norm = Weights.LayerNormWithoutBias(config.HiddenSize);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor WordTable => _embeddings.WordTable;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> HiddenStates(EncoderPass pass)
    {
        var states = _embeddings.Forward(pass);
        var (global, local) = (Context(pass, isLocal: false), Context(pass, isLocal: true));
        yield return states;
        foreach (var (layer, module) in _layers.Index())
        {
            states = module.Forward(states, pass, _config.IsLocal[layer] ? local : global);
            yield return layer == _config.Layers - 1 ? _norm.Normalize(states, _config.NormEpsilon) : states;
        }
    }

    private AttentionContext Context(EncoderPass pass, bool isLocal)
    {
        var longest = pass.Input.Groups.Max(group => group.Length);
        var table = RotaryTable.Compute(longest, _config.HeadSize, isLocal ? _config.LocalTheta : _config.GlobalTheta);
        return new AttentionContext(pass, table.To(WordTable.dtype, pass.Device), isLocal ? _config.LocalReach : null);
    }
}
