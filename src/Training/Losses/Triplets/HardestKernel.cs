using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Distributed.Training.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary>
/// The hardest rows of a tile in one sweep, float32 on the CPU: libtorch's operators would go through the tile six times and make copies of it.
/// Of equal numbers the first counts.
/// </summary>
internal static unsafe class HardestKernel
{
    private static readonly int Lanes = Vector256<float>.Count;

    /// <summary>Whether a tile can be taken.</summary>
    public static bool Supports(Tensor order) => order.dtype == ScalarType.Float32 && order.device_type == DeviceType.CPU;

    /// <summary>Replaces farthest and nearest by what is strictly harder in the tile.</summary>
    /// <param name="order">[rows, candidates]: the larger the farther.</param>
    /// <param name="labels">Class of each row.</param>
    /// <param name="candidateLabels">Class of each candidate.</param>
    /// <param name="own">Place of the first row among the candidates: row i is itself candidate own + i, where the tile has it.</param>
    /// <param name="offset">Number of the first candidate.</param>
    /// <param name="farthest">Of the same label, itself excepted.</param>
    /// <param name="nearest">Of another label.</param>
    public static void Find(
        Tensor order, ReadOnlySpan<int> labels, ReadOnlySpan<int> candidateLabels, int own, int offset, HardestChoice farthest, HardestChoice nearest)
    {
        var values = order.Pointer<float>();
        fixed (int* candidates = candidateLabels)
        {
            for (var row = 0; row < labels.Length; row++, values += candidateLabels.Length)
            {
                var (same, other) = FindRow(values, candidates, candidateLabels.Length, labels[row], own + row);
                if (same.Value > farthest.Values[row])
                    (farthest.Values[row], farthest.Rows[row]) = (same.Value, same.Place + offset);
                if (other.Value < nearest.Values[row])
                    (nearest.Values[row], nearest.Rows[row]) = (other.Value, other.Place + offset);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ((float Value, int Place) Same, (float Value, int Place) Other) FindRow(float* values, int* labels, int count, int label, int own)
    {
        var (high, low) = (Vector256.Create(float.NegativeInfinity), Vector256.Create(float.PositiveInfinity));
        var (highAt, lowAt, places) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Indices);
        var (wanted, self) = (Vector256.Create(label), Vector256.Create(own));
        var column = 0;
        for (; column <= count - Lanes; column += Lanes)
        {
            var value = Vector256.Load(values + column);
            var isSame = Vector256.Equals(Vector256.Load(labels + column), wanted);
            var isHigher = Vector256.GreaterThan(value, high).AsInt32() & isSame & ~Vector256.Equals(places, self);
            var isLower = Vector256.AndNot(Vector256.LessThan(value, low).AsInt32(), isSame);
            high = Vector256.ConditionalSelect(isHigher.AsSingle(), value, high);
            highAt = Vector256.ConditionalSelect(isHigher, places, highAt);
            low = Vector256.ConditionalSelect(isLower.AsSingle(), value, low);
            lowAt = Vector256.ConditionalSelect(isLower, places, lowAt);
            places += Vector256.Create(Lanes);
        }

        var (same, other) = ((float.NegativeInfinity, 0), (float.PositiveInfinity, 0));
        for (var lane = 0; lane < Lanes; lane++)
        {
            same = Farther(same, (high[lane], highAt[lane]));
            other = Nearer(other, (low[lane], lowAt[lane]));
        }

        for (; column < count; column++)
        {
            if (labels[column] != label)
                other = Nearer(other, (values[column], column));
            else if (column != own)
                same = Farther(same, (values[column], column));
        }

        return (same, other);
    }

    private static (float Value, int Place) Farther((float Value, int Place) best, (float Value, int Place) candidate) =>
        candidate.Value > best.Value || (candidate.Value == best.Value && candidate.Place < best.Place) ? candidate : best;

    private static (float Value, int Place) Nearer((float Value, int Place) best, (float Value, int Place) candidate) =>
        candidate.Value < best.Value || (candidate.Value == best.Value && candidate.Place < best.Place) ? candidate : best;
}

/// <summary>For each row of a block the hardest number so far, and whose it is; −1: nobody's.</summary>
/// <param name="Values">Numbers.</param>
/// <param name="Rows">Row numbers.</param>
internal sealed record HardestChoice(float[] Values, long[] Rows)
{
    /// <summary>Nothing chosen yet.</summary>
    public static HardestChoice None(int rows, float start)
    {
        var choice = new HardestChoice(new float[rows], new long[rows]);
        choice.Values.AsSpan().Fill(start);
        choice.Rows.AsSpan().Fill(-1);
        return choice;
    }
}
