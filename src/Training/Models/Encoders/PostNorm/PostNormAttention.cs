using Distributed.Training.Models.Fused;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.PostNorm;

/// <summary>The attention sublayer: layerNorm(x + dropout(attention(x) Wo + bo)), attention in every text by itself.</summary>
/// <param name="Query">Map to the query.</param>
/// <param name="Key">Map to the key.</param>
/// <param name="Value">Map to the value.</param>
/// <param name="End">What follows the attention.</param>
/// <param name="Config">Shape of the encoder.</param>
internal sealed record PostNormAttention(Weights Query, Weights Key, Weights Value, SublayerEnd End, PostNormConfig Config)
{
    private readonly PackedAttention _attention = new(Config.Heads, Config.HeadSize, Config.AttentionDropout);

    /// <summary>[tokens, hidden] → [tokens, hidden].</summary>
    /// <param name="states">x.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="bias">What is added to the scores; null: nothing.</param>
    public Tensor Forward(Tensor states, EncoderPass pass, PositionBias? bias = null)
    {
        using var scope = NewDisposeScope();
        return (pass.IsFused
            ? AttentionSublayer.Run(states, Fuse(pass, bias))
            : End.Forward(Attend(states, pass, bias), states, pass)).MoveToOuterDisposeScope();
    }

    private AttentionPass Fuse(EncoderPass pass, PositionBias? bias)
    {
        var masks = pass.Dropout is null || Config.AttentionDropout == 0
            ? null
            : pass.Input.Groups.Select(_ => pass.Dropout.NextMask(Config.AttentionDropout)).ToArray();
        var shape = new AttentionShape(pass.Input.Groups, Config.Heads, Config.HeadSize);
        return new AttentionPass(pass.Map(Query), pass.Map(Key), pass.Map(Value), End.Fuse(pass), shape, masks, bias?.Fused);
    }

    // [tokens, hidden] → [tokens, hidden].
    private Tensor Attend(Tensor states, EncoderPass pass, PositionBias? bias)
    {
        var queries = pass.Split(pass.Apply(Query, states), Config.HiddenSize);
        var keys = pass.Split(pass.Apply(Key, states), Config.HiddenSize);
        var values = pass.Split(pass.Apply(Value, states), Config.HiddenSize);
        var groups = queries.Zip(keys, values).Zip(pass.Input.Groups, (states, group) => _attention.Attend(
            _attention.Heads(states.First), _attention.Heads(states.Second), _attention.Heads(states.Third), bias?.Of(group.Length), pass));
        return cat([.. groups], 0);
    }
}
