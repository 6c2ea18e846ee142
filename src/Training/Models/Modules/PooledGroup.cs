using Distributed.Jobs;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Modules;

/// <summary>
/// The token states of texts of one length, of which the first few may not count: those of a prompt. A text of which nothing counts gives zeros, but for
/// its first token where that is what is asked for.
/// </summary>
internal sealed class PooledGroup
{
    private readonly Tensor _states;  // [texts, length, hidden]
    private readonly int[]? _first;   // by text, the first token that counts; null: all count
    private readonly Tensor? _counts; // [texts, length, 1], 1 where a token counts, else 0; null: all count

    private PooledGroup(Tensor states, int[]? first, Tensor? counts) => (_states, _first, _counts) = (states, first, counts);

    private long Length => _states.shape[1];

    /// <summary>A group whose tensors belong to the innermost dispose scope.</summary>
    /// <param name="states">[texts, length, hidden].</param>
    /// <param name="first">The first token of each text that counts; at most the length, where none does.</param>
    public static PooledGroup Of(Tensor states, int[] first)
    {
        if (Array.TrueForAll(first, token => token == 0))
            return new PooledGroup(states, first: null, counts: null);
        var places = arange(states.shape[1], device: states.device).unsqueeze(0);                  // [1, length]
        var from = tensor(Array.ConvertAll(first, token => (long)token), device: states.device).unsqueeze(1); // [texts, 1]
        return new PooledGroup(states, first, places.ge(from).to(states.dtype).unsqueeze(2));
    }

    /// <summary>[texts, hidden].</summary>
    public Tensor Pool(PoolingMode mode) => mode switch
    {
        PoolingMode.Mean => _counts is null ? _states.mean([1]) : Sum() / Tokens(),
        PoolingMode.MeanSqrtLength => _counts is null ? Sum() / Math.Sqrt(Length) : Sum() / Tokens().sqrt(),
        PoolingMode.WeightedMean => WeightedMean(),
        PoolingMode.Max => Max(),
        PoolingMode.Cls => First(),
        PoolingMode.LastToken => (_counts is null ? _states : _states * _counts).select(1, Length - 1),
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "unknown"),
    };

    private Tensor Sum() => (_counts is null ? _states : _states * _counts).sum(1);

    // [texts, 1]; 1 where nothing counts, whose sum is 0.
    private Tensor Tokens() => _counts!.sum(1).clamp_min(1);

    // Token k, from 1 and with those that do not count, has weight k.
    private Tensor WeightedMean()
    {
        var weights = arange(1, Length + 1, _states.dtype, _states.device).view(1, Length, 1);
        if (_counts is not null)
            weights = weights * _counts;
        return (_states * weights).sum(1) / weights.sum(1).clamp_min(1);
    }

    private Tensor Max()
    {
        if (_counts is null)
            return _states.max(1).values;
        var most = _states.masked_fill(_counts.eq(0), double.NegativeInfinity).max(1).values;
        return Array.Exists(_first!, first => first == Length) ? most.masked_fill(_counts.sum(1).eq(0), 0) : most;
    }

    private Tensor First()
    {
        if (_first is null)
            return _states.select(1, 0);
        var rows = _first.Select((first, text) => (text * Length) + (first == Length ? 0 : first)).ToArray();
        return _states.reshape(-1, _states.shape[2]).index_select(0, tensor(rows, device: _states.device));
    }
}
