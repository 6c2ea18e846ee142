using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.ModernBert;

/// <summary>What the attention of all layers of a kind shares in one pass: how queries and keys are turned, and how far a token sees.</summary>
internal sealed class AttentionContext
{
    private readonly Dictionary<int, Tensor> _windows;

    /// <param name="pass">The pass.</param>
    /// <param name="rotary">Turns queries and keys, on the encoder's device and in its type.</param>
    /// <param name="reach">Tokens on each side that a token sees; null: all.</param>
    public AttentionContext(EncoderPass pass, RotaryTable rotary, int? reach)
    {
        Rotary = rotary;
        _windows = pass.Input.Groups.Select(group => group.Length).Distinct()
            .Where(length => length > reach + 1)
            .ToDictionary(length => length, length => Window(length, reach!.Value, rotary.Cosine));
    }

    /// <summary>Turns queries and keys.</summary>
    public RotaryTable Rotary { get; }

    /// <summary>
    /// What is added to the scores of texts of this length, [length, length]: −∞ where the key is out of reach; null where none is. Every row sees at least
    /// itself, so that none becomes NaN: there is no padding.
    /// </summary>
    public Tensor? WindowOf(int length) => _windows.GetValueOrDefault(length);

    private static Tensor Window(int length, int reach, Tensor like)
    {
        using var scope = NewDisposeScope();
        return ones([length, length], like.dtype, like.device).tril(reach).triu(-reach).log().MoveToOuterDisposeScope();
    }
}
