using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>Multi-head attention over packed tokens by libtorch's operators: softmax(q kᵀ / √headSize + added) v in every text by itself.</summary>
/// <param name="heads">Number of heads.</param>
/// <param name="headSize">Width of a head.</param>
/// <param name="dropout">Dropout probability of the attention probabilities.</param>
internal sealed class PackedAttention(int heads, int headSize, double dropout)
{
    /// <summary>The states of a group, [texts, length, width], as [texts, heads, length, headSize].</summary>
    public Tensor Heads(Tensor states) => states.unflatten(2, [heads, headSize]).transpose(1, 2);

    /// <summary>[texts, heads, length, headSize] each → [texts · length, width].</summary>
    /// <param name="query">Queries.</param>
    /// <param name="key">Keys.</param>
    /// <param name="value">Values.</param>
    /// <param name="added">What is added to the scores, [length, length] or with heads or texts before it; null: nothing.</param>
    /// <param name="pass">The pass, for its dropout.</param>
    public Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? added, EncoderPass pass)
    {
        var context = (pass.Dropout is null || dropout == 0) && added is not { requires_grad: true }
            ? nn.functional.scaled_dot_product_attention(query, key, value, added)
            : pass.ApplyDropout(Probabilities(query, key, added), dropout).matmul(value);
        return context.transpose(1, 2).reshape(-1, heads * headSize);
    }

    // [texts, heads, length, length].
    private Tensor Probabilities(Tensor query, Tensor key, Tensor? added)
    {
        var scores = query.matmul(key.transpose(-2, -1)) / Math.Sqrt(headSize);
        return (added is null ? scores : scores + added).softmax(-1);
    }
}
