using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Optimization;

/// <summary>What a rank votes on and clips by: norm, finiteness and digest of a flat gradient, taken in one pass over it.</summary>
/// <param name="Norm">Euclidean norm, in double precision and one order of addition on every machine. Infinite or not a number if an element is.</param>
/// <param name="Digest">XxHash64 of the gradient's bytes: equal on all ranks unless one computes wrongly.</param>
public readonly record struct GradientSummary(double Norm, ulong Digest)
{
    private const int BlockBytes = 64 << 10; // read from memory once, summed and hashed in cache

    /// <summary>Whether every element is finite. A float64 gradient beyond 1e154 counts as not finite.</summary>
    public bool IsFinite => double.IsFinite(Norm);

    /// <summary>Summarises a contiguous CPU tensor of float32 or float64.</summary>
    public static GradientSummary Of(Tensor gradient)
    {
        var hash = new XxHash64();
        var squares = 0.0;
        foreach (var (start, length) in ByteWindows.Of(gradient.numel() * gradient.ElementSize, BlockBytes))
        {
            ReadOnlySpan<byte> block = gradient.Bytes(start, length);
            hash.Append(block);
            squares += gradient.dtype == ScalarType.Float64
                ? SumOfSquares(MemoryMarshal.Cast<byte, double>(block))
                : SumOfSquares(MemoryMarshal.Cast<byte, float>(block));
        }

        return new(Math.Sqrt(squares), hash.GetCurrentHashAsUInt64());
    }

    /// <summary>What the gradient is multiplied by so that its norm is at most <paramref name="clipNorm"/>: min(1, clipNorm / (norm + 1e-6)), as PyTorch; 1 without a limit.</summary>
    public double ClipFactor(double? clipNorm) => clipNorm is { } limit ? Math.Min(1, limit / (Norm + 1e-6)) : 1;

    // Eight lanes whatever the machine has, so the order of addition is the same everywhere.
    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var (lower, upper) = (Vector512<double>.Zero, Vector512<double>.Zero);
        var wide = MemoryMarshal.Cast<float, Vector512<float>>(values);
        foreach (var vector in wide)
        {
            var (low, high) = Vector512.Widen(vector);
            lower += low * low;
            upper += high * high;
        }

        var sum = SumLanes(lower + upper);
        foreach (double rest in values[(wide.Length * Vector512<float>.Count)..])
            sum += rest * rest;
        return sum;
    }

    private static double SumOfSquares(ReadOnlySpan<double> values)
    {
        var sum = Vector512<double>.Zero;
        var wide = MemoryMarshal.Cast<double, Vector512<double>>(values);
        foreach (var vector in wide)
            sum += vector * vector;
        var total = SumLanes(sum);
        foreach (var rest in values[(wide.Length * Vector512<double>.Count)..])
            total += rest * rest;
        return total;
    }

    private static double SumLanes(Vector512<double> lanes)
    {
        var sum = 0.0;
        for (var lane = 0; lane < Vector512<double>.Count; lane++)
            sum += lanes[lane];
        return sum;
    }
}
