using System.Runtime.Intrinsics;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// Token states before the first layer in one node of the graph: dropout(layerNorm(word + position (+ type 0))). Its backward adds to the rows of
/// the tables' gradients that the batch used; autograd would make a gradient of each whole table first.
/// </summary>
internal sealed unsafe class EmbeddingSublayer : autograd.SingleTensorFunction<EmbeddingSublayer>
{
    /// <inheritdoc/>
    public override string Name => nameof(EmbeddingSublayer);

    /// <summary>[tokens, hidden], with a graph exactly if grad mode is on and a parameter is trained.</summary>
    public static Tensor Run(EmbeddingPass pass)
        => is_grad_enabled() && pass.FirstTrained is { } trained ? apply(trained, pass) : Forward(pass).Output;

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var pass = (EmbeddingPass)vars[1];
        var (normalized, inverseDeviation, output) = Forward(pass);
        ctx.save_data("pass", pass);
        ctx.save_for_backward([normalized.MoveToOuterDisposeScope(), inverseDeviation.MoveToOuterDisposeScope()]);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var saved = ctx.get_saved_variables();
        Backward((EmbeddingPass)ctx.get_data("pass"), saved[0], saved[1], grad_output.contiguous());
        return [null!, null!];
    }

    private static (Tensor Normalized, Tensor InverseDeviation, Tensor Output) Forward(EmbeddingPass pass)
    {
        var tokens = pass.TokenIds.Length;
        var width = pass.Words.Weight.shape[1];
        var (normalized, inverseDeviation, output) = (empty(tokens, width), empty(tokens), empty(tokens, width));
        var rows = new NormRows(pass.Norm, normalized, inverseDeviation, pass.Epsilon, backward: false);
        using var none = pass.Types is null ? zeros(width) : null;
        float* words = pass.Words.Weight.Pointer<float>(), positions = pass.Positions.Weight.Pointer<float>(), type = (pass.Types?.Weight ?? none!).Pointer<float>();
        var states = output.Pointer<float>();
        for (var token = 0; token < tokens; token++)
        {
            float* word = words + pass.TokenIds[token] * width, position = positions + pass.Places[token] * width, sum = rows.Normalized + token * width;
            for (var column = 0; column < width; column += Vector256<float>.Count)
                (Vector256.Load(word + column) + Vector256.Load(position + column) + Vector256.Load(type + column)).Store(sum + column);
            NormKernel.Normalize(rows, token, states + token * width);
        }

        if (pass.Mask is { } mask)
            Multiply(states, states, mask, tokens * width);
        return (normalized, inverseDeviation, output);
    }

    private static void Backward(EmbeddingPass pass, Tensor normalized, Tensor inverseDeviation, Tensor gradient)
    {
        var width = normalized.shape[1];
        using var masked = pass.Mask is null ? null : empty_like(gradient);
        using var sum = empty(width);
        float* outputGradient = (masked ?? gradient).Pointer<float>(), sumGradient = sum.Pointer<float>();
        if (pass.Mask is { } mask)
            Multiply(gradient.Pointer<float>(), outputGradient, mask, gradient.numel());
        var rows = new NormRows(pass.Norm, normalized, inverseDeviation, pass.Epsilon, backward: true);
        float* words = pass.Words.Weight.GradientPointerIfTrained(), positions = pass.Positions.Weight.GradientPointerIfTrained();
        var type = pass.Types is null ? null : pass.Types.Weight.GradientPointerIfTrained();
        for (var token = 0; token < pass.TokenIds.Length; token++)
        {
            NormKernel.Backward(rows, token, outputGradient + token * width, sumGradient);
            if (words is not null && pass.TokenIds[token] != pass.PaddingId)
                Add(sumGradient, words + pass.TokenIds[token] * width, width);
            if (positions is not null && pass.Places[token] != pass.UntrainedPosition)
                Add(sumGradient, positions + pass.Places[token] * width, width);
            if (type is not null)
                Add(sumGradient, type, width);
        }
    }

    private static void Add(float* row, float* sum, long width)
    {
        for (var column = 0L; column < width; column += Vector256<float>.Count)
            (Vector256.Load(sum + column) + Vector256.Load(row + column)).Store(sum + column);
    }

    private static void Multiply(float* source, float* target, DropoutMask mask, long count)
    {
        for (var i = 0L; i < count; i += Vector256<float>.Count)
            (Vector256.Load(source + i) * mask.At((uint)i)).Store(target + i);
    }
}

/// <summary>What the embeddings need in one forward pass and its backward.</summary>
/// <param name="TokenIds">Ids of all tokens.</param>
/// <param name="Places">Row of the position table of each token.</param>
/// <param name="Words">Table by id.</param>
/// <param name="Positions">Table by place.</param>
/// <param name="Types">Table whose first row is added to all; null: there is none.</param>
/// <param name="Norm">The layer norm's parameters.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="PaddingId">Id whose row gets no gradient.</param>
/// <param name="UntrainedPosition">Row of the position table that gets no gradient; null: all do.</param>
/// <param name="Mask">The dropout mask; null: no dropout.</param>
internal sealed record EmbeddingPass(
    int[] TokenIds,
    int[] Places,
    EmbeddingTable Words,
    EmbeddingTable Positions,
    EmbeddingTable? Types,
    Weights Norm,
    double Epsilon,
    int PaddingId,
    int? UntrainedPosition,
    DropoutMask? Mask)
{
    /// <summary>A parameter that is trained; null: all are frozen.</summary>
    public Parameter? FirstTrained =>
        new[] { Words.Weight, Positions.Weight, Types?.Weight, Norm.Weight, Norm.Bias }.FirstOrDefault(parameter => parameter?.requires_grad == true);
}
