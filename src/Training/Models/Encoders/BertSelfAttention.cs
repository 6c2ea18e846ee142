using Distributed.Training.Models.Fused;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>Multi-head self-attention over packed tokens: softmax(q kᵀ / √headSize) v in every text by itself.</summary>
internal sealed class BertSelfAttention : nn.Module
{
    [ComponentName(Name = "query")]
    private readonly Weights _query;

    [ComponentName(Name = "key")]
    private readonly Weights _key;

    [ComponentName(Name = "value")]
    private readonly Weights _value;

    private readonly BertConfig _config;

    public BertSelfAttention(BertConfig config)
        : base(nameof(BertSelfAttention))
    {
        _config = config;
        _query = Weights.Linear(config.HiddenSize, config.HiddenSize);
        _key = Weights.Linear(config.HiddenSize, config.HiddenSize);
        _value = Weights.Linear(config.HiddenSize, config.HiddenSize);
        RegisterComponents();
    }

    /// <summary>[tokens, hidden] → [tokens, hidden].</summary>
    public Tensor Forward(Tensor states, EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        var queries = pass.Split(pass.Apply(_query, states), _config.HiddenSize);
        var keys = pass.Split(pass.Apply(_key, states), _config.HiddenSize);
        var values = pass.Split(pass.Apply(_value, states), _config.HiddenSize);
        var groups = queries.Zip(keys, values).Select(group => Attend(group.First, group.Second, group.Third, pass.Dropout));
        return cat([.. groups], 0).MoveToOuterDisposeScope();
    }

    /// <summary>The whole attention sublayer for the kernels.</summary>
    public AttentionPass Fuse(EncoderPass pass, BertOutput output)
    {
        var masks = pass.Dropout is null || _config.AttentionDropout == 0
            ? null
            : pass.Input.Groups.Select(_ => pass.Dropout.NextMask(_config.AttentionDropout)).ToArray();
        var shape = new AttentionShape(pass.Input.Groups, _config.Heads, _config.HeadSize);
        return new AttentionPass(pass.Map(_query), pass.Map(_key), pass.Map(_value), output.Fuse(pass), shape, masks);
    }

    // [texts, length, hidden] each → [texts * length, hidden].
    private Tensor Attend(Tensor query, Tensor key, Tensor value, DropoutSites? dropout)
    {
        var (q, k, v) = (Heads(query), Heads(key), Heads(value)); // [texts, heads, length, headSize]
        Tensor context;
        if (dropout is null || _config.AttentionDropout == 0)
        {
            context = nn.functional.scaled_dot_product_attention(q, k, v);
        }
        else
        {
            var scores = q.matmul(k.transpose(-2, -1)) / Math.Sqrt(_config.HeadSize); // [texts, heads, length, length]
            context = dropout.Apply(scores.softmax(-1), _config.AttentionDropout).matmul(v);
        }

        return context.transpose(1, 2).reshape(-1, _config.HiddenSize);
    }

    private Tensor Heads(Tensor states) => states.unflatten(2, [_config.Heads, _config.HeadSize]).transpose(1, 2);
}
