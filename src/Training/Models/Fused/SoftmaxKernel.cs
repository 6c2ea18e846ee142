using System.Runtime.Intrinsics;

namespace Distributed.Training.Models.Fused;

/// <summary>The softmax of the rows of a head's scores, [length, padded].</summary>
internal static unsafe class SoftmaxKernel
{
    /// <summary>p = softmax(scale · scores) of every row, in place. Padding ends up as 0.</summary>
    public static void Forward(float* scores, int length, int padded, float scale)
    {
        for (var row = 0; row < length; row++, scores += padded)
        {
            var factor = Vector256.Create(scale);
            var largest = Vector256.Create(float.NegativeInfinity);
            for (var column = 0; column < padded; column += Vector256<float>.Count)
            {
                var valid = Vector256.LessThan(Vector256.Create(column) + Vector256<int>.Indices, Vector256.Create(length)).AsSingle();
                var score = Vector256.ConditionalSelect(valid, Vector256.Load(scores + column) * factor, Vector256.Create(float.NegativeInfinity));
                score.Store(scores + column);
                largest = Vector256.Max(largest, score);
            }

            var maximum = Vector256.Create(Largest(largest));
            var sum = Vector256<float>.Zero;
            for (var column = 0; column < padded; column += Vector256<float>.Count)
            {
                var exponential = FastExp.OfNegative(Vector256.Load(scores + column) - maximum);
                exponential.Store(scores + column);
                sum += exponential;
            }

            var inverse = Vector256.Create(1 / Vector256.Sum(sum));
            for (var column = 0; column < padded; column += Vector256<float>.Count)
                (Vector256.Load(scores + column) * inverse).Store(scores + column);
        }
    }

    /// <summary>ds = p ∘ (dp − Σ dp p) · scale of every row, in place of dp.</summary>
    public static void Backward(float* gradient, float* probabilities, int length, int padded, float scale)
    {
        for (var row = 0; row < length; row++, gradient += padded, probabilities += padded)
        {
            var product = Vector256<float>.Zero;
            for (var column = 0; column < padded; column += Vector256<float>.Count)
                product = Vector256.FusedMultiplyAdd(Vector256.Load(gradient + column), Vector256.Load(probabilities + column), product);
            var sum = Vector256.Create(Vector256.Sum(product));
            var factor = Vector256.Create(scale);
            for (var column = 0; column < padded; column += Vector256<float>.Count)
                ((Vector256.Load(gradient + column) - sum) * Vector256.Load(probabilities + column) * factor).Store(gradient + column);
        }
    }

    private static float Largest(Vector256<float> vector)
    {
        var half = Vector128.Max(vector.GetLower(), vector.GetUpper());
        half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
