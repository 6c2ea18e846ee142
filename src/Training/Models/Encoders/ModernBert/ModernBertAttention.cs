using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.ModernBert;

/// <summary>Attention with rotary positions, in every text by itself.</summary>
internal sealed class ModernBertAttention : nn.Module
{
    [ComponentName(Name = "Wqkv")]
    private readonly Weights _inputs;

    [ComponentName(Name = "Wo")]
    private readonly Weights _output;

    private readonly PackedAttention _attention;
    private readonly ModernBertConfig _config;

    public ModernBertAttention(ModernBertConfig config)
        : base(nameof(ModernBertAttention))
    {
        _config = config;
        _inputs = Weights.LinearWithoutBias(config.HiddenSize, 3 * config.HiddenSize);
        _output = Weights.LinearWithoutBias(config.HiddenSize, config.HiddenSize);
        _attention = new PackedAttention(config.Heads, config.HeadSize, config.AttentionDropout);
        RegisterComponents();
    }

    /// <summary>[tokens, hidden] → [tokens, hidden].</summary>
    public Tensor Forward(Tensor states, EncoderPass pass, AttentionContext context)
    {
        using var scope = NewDisposeScope();
        var groups = pass.Split(pass.Apply(_inputs, states), 3 * _config.HiddenSize).Zip(pass.Input.Groups, (group, texts) => Attend(group, texts.Length, pass, context));
        var attended = pass.Apply(_output, cat([.. groups], 0));
        return pass.ApplyDropout(attended, _config.AttentionDropout).MoveToOuterDisposeScope();
    }

    // [texts, length, 3 · hidden], query, key and value one after another → [texts · length, hidden].
    private Tensor Attend(Tensor states, int length, EncoderPass pass, AttentionContext context)
    {
        var parts = states.chunk(3, 2);
        var (query, key) = (context.Rotary.Rotate(_attention.Heads(parts[0])), context.Rotary.Rotate(_attention.Heads(parts[1])));
        return _attention.Attend(query, key, _attention.Heads(parts[2]), context.WindowOf(length), pass);
    }
}
