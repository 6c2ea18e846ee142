using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Training.Models.Fused;

/// <summary>Layer norm (Ba et al. 2016, arXiv 1607.06450) over rows: y = (z − mean) / √(variance + ε) ∘ weight + bias.</summary>
internal static unsafe class NormKernel
{
    private const int Step = 8;

    /// <summary>Whether the kernel can take rows of this width.</summary>
    public static bool Supports(int width) => width % Step == 0;

    /// <summary>The norm of residual + mask ∘ update, row by row. Both are [rows, width], as is the output.</summary>
    public static void AddAndNormalize(NormRows rows, float* residual, float* update, float* output, DropoutMask? mask)
    {
        var width = rows.Width;
        for (long start = 0; start < rows.Count * width; start += width)
        {
            var z = rows.Normalized + start;
            for (var column = 0; column < width; column += Step)
            {
                var value = Vector256.Load(update + start + column);
                if (mask is { } dropout)
                    value *= dropout.At((uint)(start + column));
                (Vector256.Load(residual + start + column) + value).Store(z + column);
            }

            Normalize(rows, start / width, output + start);
        }
    }

    /// <summary>
    /// The norm of a row that stands in <see cref="NormRows.Normalized"/>, where its normalised form replaces it. The result goes to
    /// <paramref name="output"/>.
    /// </summary>
    public static void Normalize(NormRows rows, long row, float* output)
    {
        var width = rows.Width;
        float* weight = rows.Weight, bias = rows.Bias, z = rows.Normalized + row * width;
        var mean = Vector256.Create(Sum(z, width) / width);
        var inverse = (float)(1 / Math.Sqrt(SumOfSquares(z, mean, width) / width + rows.Epsilon));
        rows.InverseDeviation[row] = inverse;
        var factor = Vector256.Create(inverse);
        for (var column = 0; column < width; column += Step)
        {
            var normalized = (Vector256.Load(z + column) - mean) * factor;
            normalized.Store(z + column);
            Vector256.FusedMultiplyAdd(normalized, Vector256.Load(weight + column), Vector256.Load(bias + column)).Store(output + column);
        }
    }

    /// <summary>
    /// From the gradient of a row's output to that of z; the row's share in the gradients of weight and bias is added to them.
    /// dz = (g − mean(g) − x̂ mean(g x̂)) / deviation with g = gradient ∘ weight, x̂ the normalised row.
    /// </summary>
    public static void Backward(NormRows rows, long row, float* gradient, float* zGradient)
    {
        var width = rows.Width;
        float* weight = rows.Weight, weightGradient = rows.WeightGradient, biasGradient = rows.BiasGradient, normalized = rows.Normalized + row * width;
        Vector256<float> sum = default, product = default;
        for (var column = 0; column < width; column += Step)
        {
            var (g, x) = (Vector256.Load(gradient + column), Vector256.Load(normalized + column));
            Vector256.FusedMultiplyAdd(g, x, Vector256.Load(weightGradient + column)).Store(weightGradient + column);
            (Vector256.Load(biasGradient + column) + g).Store(biasGradient + column);
            g *= Vector256.Load(weight + column);
            g.Store(zGradient + column);
            sum += g;
            product = Vector256.FusedMultiplyAdd(g, x, product);
        }

        var inverse = Vector256.Create(rows.InverseDeviation[row]);
        var mean = Vector256.Create(Vector256.Sum(sum) / width);
        var meanProduct = Vector256.Create(Vector256.Sum(product) / width);
        for (var column = 0; column < width; column += Step)
        {
            var g = Vector256.Load(zGradient + column) - mean - meanProduct * Vector256.Load(normalized + column);
            (g * inverse).Store(zGradient + column);
        }
    }

    /// <summary>
    /// Backward of <see cref="AddAndNormalize"/>: the gradients of residual and update, the mask repeated in the latter, whose sum over rows is
    /// added to <paramref name="updateSum"/>: the gradient of the update's own bias. Without a mask the two are one and only the first is written.
    /// </summary>
    public static void AddAndNormalizeBackward(
        NormRows rows, float* gradient, float* residualGradient, float* updateGradient, DropoutMask? mask, float* updateSum)
    {
        var width = rows.Width;
        for (long start = 0; start < rows.Count * width; start += width)
        {
            Backward(rows, start / width, gradient + start, residualGradient + start);
            for (var column = 0; column < width; column += Step)
            {
                var g = Vector256.Load(residualGradient + start + column);
                if (mask is { } dropout)
                {
                    g *= dropout.At((uint)(start + column));
                    g.Store(updateGradient + start + column);
                }

                (Vector256.Load(updateSum + column) + g).Store(updateSum + column);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(float* row, int width)
    {
        var sum = Vector256<float>.Zero;
        for (var column = 0; column < width; column += Step)
            sum += Vector256.Load(row + column);
        return Vector256.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumOfSquares(float* row, Vector256<float> mean, int width)
    {
        var squares = Vector256<float>.Zero;
        for (var column = 0; column < width; column += Step)
        {
            var difference = Vector256.Load(row + column) - mean;
            squares = Vector256.FusedMultiplyAdd(difference, difference, squares);
        }

        return Vector256.Sum(squares);
    }
}
