using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// Attention of every text and head by itself, straight on packed tokens: o = (softmax(q kᵀ / √headSize + b) ∘ m) v, b the bias by relative position if
/// there is one, m the dropout mask.
/// Nothing is padded, transposed or copied between texts, and no mask is stored.
/// </summary>
internal static unsafe class AttentionKernel
{
    /// <summary>Computes the context and keeps the probabilities, before dropout, for <see cref="Backward"/>.</summary>
    /// <param name="shape">The texts.</param>
    /// <param name="inputs">Query, key and value.</param>
    /// <param name="context">[tokens, width]; written.</param>
    /// <param name="probabilities">[<see cref="AttentionShape.ProbabilityCount"/>]; written.</param>
    /// <param name="masks">A dropout mask for each length group, or null.</param>
    /// <param name="bias">What is added to the scores, or null.</param>
    public static void Forward(
        AttentionShape shape, AttentionStates inputs, Tensor context, Tensor probabilities, DropoutMask[]? masks, RelativeBias? bias = null)
    {
        using var scratch = new Scratch(shape);
        float* query = inputs.Query.Pointer<float>(), key = inputs.Key.Pointer<float>(), value = inputs.Value.Pointer<float>();
        float* output = context.Pointer<float>(), kept = probabilities.Pointer<float>();
        var (width, size) = (shape.Width, shape.HeadSize);
        foreach (var head in EnumerateHeads(shape))
        {
            var (length, padded, at) = (head.Length, head.Padded, head.State);
            var p = kept + head.Probabilities;
            SmallMatrix.Transpose(key + at, width, scratch.Transposed, padded, length, size);
            SmallMatrix.Multiply(query + at, width, 1, scratch.Transposed, padded, p, padded, length, size, padded);
            bias?.Add(p, head.Number, length, padded, MathF.Sqrt(size)); // the softmax divides it again
            SoftmaxKernel.Forward(p, length, padded, 1 / MathF.Sqrt(size));
            var dropped = masks is null ? p : Masked(p, scratch.Dropped, head, masks);
            SmallMatrix.Multiply(dropped, padded, 1, value + at, width, output + at, width, length, length, size);
        }
    }

    /// <summary>Gradients of query, key and value from that of the context.</summary>
    /// <param name="shape">The texts.</param>
    /// <param name="inputs">Query, key and value.</param>
    /// <param name="contextGradient">[tokens, width].</param>
    /// <param name="probabilities">As <see cref="Forward"/> left them.</param>
    /// <param name="masks">The same as in <see cref="Forward"/>.</param>
    /// <param name="gradients">Written.</param>
    /// <param name="bias">The same as in <see cref="Forward"/>; its table's gradient is added to.</param>
    public static void Backward(
        AttentionShape shape,
        AttentionStates inputs,
        Tensor contextGradient,
        Tensor probabilities,
        DropoutMask[]? masks,
        AttentionStates gradients,
        RelativeBias? bias = null)
    {
        var biasSums = bias is null ? [] : new float[bias.Values.Length];
        using var scratch = new Scratch(shape);
        float* query = inputs.Query.Pointer<float>(), key = inputs.Key.Pointer<float>(), value = inputs.Value.Pointer<float>();
        float* dq = gradients.Query.Pointer<float>(), dk = gradients.Key.Pointer<float>(), dv = gradients.Value.Pointer<float>();
        float* output = contextGradient.Pointer<float>(), kept = probabilities.Pointer<float>(), scores = scratch.Scores;
        var (width, size) = (shape.Width, shape.HeadSize);
        foreach (var head in EnumerateHeads(shape))
        {
            var (length, padded, at) = (head.Length, head.Padded, head.State);
            float* p = kept + head.Probabilities, gradient = output + at;
            SmallMatrix.Transpose(value + at, width, scratch.Transposed, padded, length, size);
            SmallMatrix.Multiply(gradient, width, 1, scratch.Transposed, padded, scores, padded, length, size, padded);
            var dropped = masks is null ? p : Masked(p, scratch.Dropped, head, masks);
            if (masks is not null)
                Masked(scores, scores, head, masks);
            SoftmaxKernel.Backward(scores, p, length, padded, 1 / MathF.Sqrt(size));
            bias?.Accumulate(scores, biasSums, head.Number, length, padded);
            SmallMatrix.Multiply(dropped, 1, padded, gradient, width, dv + at, width, length, length, size);
            SmallMatrix.Multiply(scores, padded, 1, key + at, width, dq + at, width, length, length, size);
            SmallMatrix.Multiply(scores, 1, padded, query + at, width, dk + at, width, length, length, size);
        }

        bias?.AddGradient(biasSums, MathF.Sqrt(size));
    }

    /// <summary>Whether the kernel can take heads of this size.</summary>
    public static bool Supports(int headSize) => headSize % SmallMatrix.ColumnBlock == 0;

    private static IEnumerable<Head> EnumerateHeads(AttentionShape shape)
    {
        long token = 0;
        long probabilities = 0;
        for (var group = 0; group < shape.Groups.Length; group++)
        {
            var (texts, length) = shape.Groups[group];
            var padded = SmallMatrix.Padded(length);
            for (var i = 0; i < texts * shape.Heads; i++)
            {
                var state = (token + i / shape.Heads * length) * shape.Width + i % shape.Heads * shape.HeadSize;
                yield return new Head(group, i, i % shape.Heads, length, padded, state, probabilities);
                probabilities += (long)length * padded;
            }

            token += (long)texts * length;
        }
    }

    // The mask's index is the place in a tensor [texts, heads, length, length] of the group.
    private static float* Masked(float* source, float* target, Head head, DropoutMask[] masks)
    {
        var mask = masks[head.Group];
        for (var row = 0; row < head.Length; row++)
        {
            var index = (uint)((head.Index * head.Length + row) * head.Length);
            for (var column = 0; column < head.Padded; column += Vector256<float>.Count)
            {
                var place = row * head.Padded + column;
                (Vector256.Load(source + place) * mask.At(index + (uint)column)).Store(target + place);
            }
        }

        return target;
    }

    /// <summary>One head of one text.</summary>
    /// <param name="Group">Length group of the text.</param>
    /// <param name="Index">text · heads + head within the group.</param>
    /// <param name="Number">The head.</param>
    /// <param name="Length">Tokens of the text.</param>
    /// <param name="Padded">Distance of its rows of probabilities.</param>
    /// <param name="State">Its first element in a tensor [tokens, width].</param>
    /// <param name="Probabilities">Its first probability.</param>
    private readonly record struct Head(int Group, int Index, int Number, int Length, int Padded, long State, long Probabilities);

    /// <summary>Memory for one head at a time.</summary>
    private readonly struct Scratch : IDisposable
    {
        private readonly float* _memory;

        public Scratch(AttentionShape shape)
        {
            var padded = SmallMatrix.Padded(shape.LongestText);
            var square = (nuint)shape.LongestText * (nuint)padded;
            var transposed = (nuint)shape.HeadSize * (nuint)padded;
            _memory = (float*)NativeMemory.AlignedAlloc((2 * square + transposed) * sizeof(float), 64);
            Transposed = _memory;
            Scores = _memory + transposed;
            Dropped = Scores + square;
        }

        public float* Transposed { get; }

        public float* Scores { get; }

        public float* Dropped { get; }

        public void Dispose() => NativeMemory.AlignedFree(_memory);
    }
}
