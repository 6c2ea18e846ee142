using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Distributed.Training.Models.Fused;
using Distributed.Training.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>The elementwise work on a tile of logits in one sweep a row, float32 on the CPU: libtorch's operators would go through the tile once each.</summary>
internal static unsafe class TileKernel
{
    private static readonly int Lanes = Vector256<float>.Count;

    /// <summary>Whether a tile can be taken.</summary>
    public static bool Supports(Tensor logits) => logits.dtype == ScalarType.Float32 && logits.device_type == DeviceType.CPU && logits.is_contiguous();

    /// <summary>
    /// Raises each row's <paramref name="largest"/> to the tile's, shrinks what was summed before to it, writes exp(logits − largest) and adds it up.
    /// </summary>
    /// <param name="logits">[rows, documents].</param>
    /// <param name="target">exp(logits − largest), [rows, documents]; may be <paramref name="logits"/>.</param>
    /// <param name="ofTile">Written: the tile's largest, [rows, 1].</param>
    /// <param name="largest">[rows, 1].</param>
    /// <param name="sums">Σ exp, [rows, 1].</param>
    /// <param name="weighted">Other sums of the same terms, each [rows, dim].</param>
    public static void Accumulate(Tensor logits, Tensor target, Tensor ofTile, Tensor largest, Tensor sums, ImmutableArray<Tensor> weighted)
    {
        var (rows, documents) = ((int)logits.size(0), (int)logits.size(1));
        float* z = logits.Pointer<float>(), e = target.Pointer<float>(), tile = ofTile.Pointer<float>(), m = largest.Pointer<float>(), s = sums.Pointer<float>();
        for (var row = 0; row < rows; row++, z += documents, e += documents)
        {
            tile[row] = Largest(z, documents);
            if (tile[row] > m[row])
            {
                var shrink = MathF.Exp(m[row] - tile[row]);
                m[row] = tile[row];
                s[row] *= shrink;
                foreach (var sum in weighted)
                    Scale(sum.Pointer<float>() + (row * sum.size(1)), (int)sum.size(1), shrink);
            }

            s[row] += Exponentials(z, e, documents, m[row], 1);
        }
    }

    /// <summary>exp(logits − largest) · factor, in the logits' memory.</summary>
    /// <param name="logits">[rows, documents].</param>
    /// <param name="largest">[rows, 1], contiguous.</param>
    /// <param name="factors">[rows, 1], contiguous.</param>
    public static void Weights(Tensor logits, Tensor largest, Tensor factors)
    {
        var (rows, documents) = ((int)logits.size(0), (int)logits.size(1));
        float* z = logits.Pointer<float>(), m = largest.Pointer<float>(), f = factors.Pointer<float>();
        for (var row = 0; row < rows; row++, z += documents)
            _ = Exponentials(z, z, documents, m[row], f[row]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Largest(float* values, int count)
    {
        var largest = Vector256.Create(float.NegativeInfinity);
        var column = 0;
        for (; column <= count - Lanes; column += Lanes)
            largest = Vector256.MaxNative(largest, Vector256.Load(values + column));
        var result = float.NegativeInfinity;
        for (var lane = 0; lane < Lanes; lane++)
            result = MathF.Max(result, largest[lane]);
        for (; column < count; column++)
            result = MathF.Max(result, values[column]);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Exponentials(float* values, float* target, int count, float largest, float factor)
    {
        var (m, f) = (Vector256.Create(largest), Vector256.Create(factor));
        var sum = Vector256<float>.Zero;
        var column = 0;
        for (; column <= count - Lanes; column += Lanes)
        {
            var exponential = FastExp.OfNegative(Vector256.Load(values + column) - m) * f;
            exponential.Store(target + column);
            sum += exponential;
        }

        if (column < count)
            sum += Tail(values + column, target + column, count - column, m, f);
        return Vector256.Sum(sum);
    }

    private static Vector256<float> Tail(float* values, float* target, int count, Vector256<float> largest, Vector256<float> factor)
    {
        var padded = stackalloc float[8];
        new Span<float>(padded, Lanes).Fill(float.NegativeInfinity);
        new ReadOnlySpan<float>(values, count).CopyTo(new Span<float>(padded, count));
        var exponential = FastExp.OfNegative(Vector256.Load(padded) - largest) * factor;
        exponential.Store(padded);
        new ReadOnlySpan<float>(padded, count).CopyTo(new Span<float>(target, count));
        return exponential;
    }

    private static void Scale(float* values, int count, float factor)
    {
        var column = 0;
        for (; column <= count - Lanes; column += Lanes)
            (Vector256.Load(values + column) * Vector256.Create(factor)).Store(values + column);
        for (; column < count; column++)
            values[column] *= factor;
    }
}
