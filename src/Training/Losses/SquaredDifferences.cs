using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Distributed.Training.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>
/// ‖a − b‖² of all pairs from their differences. Each number follows from its two rows alone: the same bits whichever comes first, wherever they stand.
/// libtorch's own costs 30 times a matrix product on a CPU; here it is about one.
/// </summary>
internal static unsafe class SquaredDifferences
{
    private const int Lanes = 8, Columns = 2 * Lanes, Rows = 4; // of the block that is held in registers
    private const int Chunk = 64;                               // components summed one by one, before sums are added: fewer roundings in a row

    /// <summary>[..., a, b] from [..., a, dim] and [..., b, dim].</summary>
    public static Tensor Of(Tensor a, Tensor b)
    {
        if (a.device_type != DeviceType.CPU || a.dtype != float32)
            return cdist(a, b, p: 2, compute_mode.donot_use_mm_for_euclid_dist).square();

        using var scope = NewDisposeScope();
        var (left, right) = (a.contiguous(), b.contiguous());
        var (rows, columns, width) = ((int)a.size(-2), (int)b.size(-2), (int)a.size(-1));
        var result = empty([.. a.shape[..^1], columns]);
        var panel = empty([width, Columns]);
        for (long matrix = 0; matrix < a.numel() / Math.Max(1, rows * (long)width); matrix++)
        {
            Fill(left.Pointer<float>() + (matrix * rows * width), rows, right.Pointer<float>() + (matrix * columns * width), columns, width,
                panel.Pointer<float>(), result.Pointer<float>() + (matrix * rows * columns));
        }

        return result.MoveToOuterDisposeScope();
    }

    private static void Fill(float* a, int rows, float* b, int columns, int width, float* panel, float* result)
    {
        var block = stackalloc float[Rows * Columns];
        for (var column = 0; column < columns; column += Columns)
        {
            var count = Math.Min(Columns, columns - column);
            Pack(b + ((long)column * width), count, width, panel);
            for (var row = 0; row < rows; row += Rows)
            {
                // Rows that the last block lacks are computed as copies of its first.
                var own = Math.Min(Rows, rows - row);
                var first = a + ((long)row * width);
                Sum(first, own > 1 ? first + width : first, own > 2 ? first + (2 * width) : first, own > 3 ? first + (3 * width) : first, panel, width, block);
                for (var i = 0; i < own; i++)
                    new Span<float>(block + (i * Columns), count).CopyTo(new(result + ((long)(row + i) * columns) + column, count));
            }
        }
    }

    // Some rows of b side by side, [width, Columns]; the last one again where there are fewer.
    private static void Pack(float* b, int count, int width, float* panel)
    {
        for (var i = 0; i < Columns; i++)
        {
            var source = b + ((long)Math.Min(i, count - 1) * width);
            for (var k = 0; k < width; k++)
                panel[(k * Columns) + i] = source[k];
        }
    }

    private static void Sum(float* a0, float* a1, float* a2, float* a3, float* panel, int width, float* block)
    {
        new Span<float>(block, Rows * Columns).Clear();
        for (var start = 0; start < width; start += Chunk)
        {
            Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default;
            Vector256<float> s20 = default, s21 = default, s30 = default, s31 = default;
            for (var k = start; k < Math.Min(width, start + Chunk); k++)
            {
                var (left, right) = (Vector256.Load(panel + (k * Columns)), Vector256.Load(panel + (k * Columns) + Lanes));
                Accumulate(ref s00, ref s01, a0[k], left, right);
                Accumulate(ref s10, ref s11, a1[k], left, right);
                Accumulate(ref s20, ref s21, a2[k], left, right);
                Accumulate(ref s30, ref s31, a3[k], left, right);
            }

            Add(block, s00, s01);
            Add(block + Columns, s10, s11);
            Add(block + (2 * Columns), s20, s21);
            Add(block + (3 * Columns), s30, s31);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(ref Vector256<float> low, ref Vector256<float> high, float component, Vector256<float> left, Vector256<float> right)
    {
        var broadcast = Vector256.Create(component);
        var (toLeft, toRight) = (broadcast - left, broadcast - right);
        low = Vector256.FusedMultiplyAdd(toLeft, toLeft, low);
        high = Vector256.FusedMultiplyAdd(toRight, toRight, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* block, Vector256<float> low, Vector256<float> high)
    {
        (Vector256.Load(block) + low).Store(block);
        (Vector256.Load(block + Lanes) + high).Store(block + Lanes);
    }
}
