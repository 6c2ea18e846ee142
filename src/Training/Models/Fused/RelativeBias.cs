using System.Runtime.Intrinsics;
using Distributed.Training.Runtime;
using TorchSharp.Modules;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// What relative positions add to the scores of attention in one pass, and the way back of its gradient to the table. For a head all scores of the same
/// key − query get the same number, so that a row of scores is a run of one vector.
/// </summary>
internal sealed unsafe class RelativeBias
{
    private readonly Parameter _table;
    private readonly int[] _buckets;
    private readonly int _reach;

    /// <param name="table">[buckets, heads].</param>
    /// <param name="buckets">Bucket of each key − query from −(longest text − 1) to longest text − 1.</param>
    public RelativeBias(Parameter table, int[] buckets)
    {
        (_table, _buckets, _reach) = (table, buckets, buckets.Length / 2);
        Heads = (int)table.shape[1];
        Stride = _reach + SmallMatrix.Padded(_reach + 1);
        Values = new float[Heads * Stride];
        var weights = table.Elements<float>();
        for (var i = 0; i < buckets.Length; i++)
        {
            for (var head = 0; head < Heads; head++)
                Values[head * Stride + i] = weights[buckets[i] * Heads + head];
        }
    }

    /// <summary>Whether the table is trained.</summary>
    public bool Trains => _table.requires_grad;

    /// <summary>Number of heads.</summary>
    public int Heads { get; }

    /// <summary>Distance of the heads in <see cref="Values"/>.</summary>
    public int Stride { get; }

    /// <summary>[heads, stride]: what is added, by key − query.</summary>
    public float[] Values { get; }

    /// <summary>Adds a head's bias, times <paramref name="factor"/>, to its scores.</summary>
    public void Add(float* scores, int head, int length, int padded, float factor)
    {
        fixed (float* values = &Values[head * Stride + _reach])
        {
            var factors = Vector256.Create(factor);
            for (var row = 0; row < length; row++, scores += padded)
            {
                for (var column = 0; column < padded; column += Vector256<float>.Count)
                    Vector256.FusedMultiplyAdd(Vector256.Load(values - row + column), factors, Vector256.Load(scores + column)).Store(scores + column);
            }
        }
    }

    /// <summary>Adds the gradient of a head's scores to its sums by key − query.</summary>
    /// <param name="gradient">[length, padded]; 0 in the padding.</param>
    /// <param name="sums">Shaped like <see cref="Values"/>.</param>
    /// <param name="head">The head.</param>
    /// <param name="length">Tokens of the text.</param>
    /// <param name="padded">Distance of the rows.</param>
    public void Accumulate(float* gradient, float[] sums, int head, int length, int padded)
    {
        fixed (float* sum = &sums[head * Stride + _reach])
        {
            for (var row = 0; row < length; row++, gradient += padded)
            {
                for (var column = 0; column < padded; column += Vector256<float>.Count)
                    (Vector256.Load(sum - row + column) + Vector256.Load(gradient + column)).Store(sum - row + column);
            }
        }
    }

    /// <summary>Adds the sums by key − query, times <paramref name="factor"/>, to the table's gradient.</summary>
    public void AddGradient(float[] sums, float factor)
    {
        var gradient = _table.GradientPointer();
        for (var i = 0; i < _buckets.Length; i++)
        {
            for (var head = 0; head < Heads; head++)
                gradient[_buckets[i] * Heads + head] += sums[head * Stride + i] * factor;
        }
    }
}
