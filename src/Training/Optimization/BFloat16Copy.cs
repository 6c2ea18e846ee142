using System.Collections.Immutable;
using Distributed.Training.Models;
using Distributed.Training.Models.Encoders;
using static TorchSharp.torch;

namespace Distributed.Training.Optimization;

/// <summary>
/// The working copy of mixed precision: bfloat16 weights of the linear maps, beside the float32 ones that the optimizer moves. The trained ones lie in one
/// flat buffer, in the order of <see cref="FlatParameters"/>, and one copy a step renews them all; frozen ones are cast once. Rounding is that of a cast, so
/// that products have the same bits with the copy as without. Not thread-safe.
/// </summary>
internal sealed class BFloat16Copy : IDisposable
{
    private readonly ImmutableArray<Weights> _maps;
    private readonly List<Tensor> _tensors = [];
    private readonly Tensor? _source;
    private readonly Tensor? _copy;

    /// <summary>Copies the weights, and gives the copy to the encoder's linear maps.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="parameters">What is trained of it; null: nothing.</param>
    public BFloat16Copy(SentenceEncoder encoder, FlatParameters? parameters)
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        var named = encoder.named_modules().Where(entry => entry.module is Weights { IsLinear: true }).Select(entry => (entry.name, Map: (Weights)entry.module)).ToArray();
        var names = named.SelectMany(entry => new[] { $"{entry.name}.weight", $"{entry.name}.bias" }).ToHashSet(StringComparer.Ordinal);
        var slots = (parameters?.Slots ?? []).Where(slot => names.Contains(slot.Name)).ToDictionary(slot => slot.Name, StringComparer.Ordinal);
        var start = slots.Values.Select(slot => slot.Offset).DefaultIfEmpty(0).Min(); // tables of words lie before and are no part of a product
        var end = slots.Values.Select(slot => slot.Offset + slot.Count).DefaultIfEmpty(0).Max();
        if (end > start)
        {
            _source = Keep(parameters!.Values.narrow(0, start, end - start));
            _copy = Keep(_source.to(ScalarType.BFloat16));
        }

        Tensor CopyOf(string name, Tensor parameter) => Keep(slots.TryGetValue(name, out var slot)
            ? _copy!.narrow(0, slot.Offset - start, slot.Count).view([.. slot.Shape])
            : parameter.to(ScalarType.BFloat16));

        foreach (var (name, map) in named)
            map.Copy = new WeightsCopy(CopyOf($"{name}.weight", map.Weight), map.BiasIfAny is { } bias ? CopyOf($"{name}.bias", bias) : null);
        _maps = [.. named.Select(entry => entry.Map)];
    }

    /// <summary>Takes over what the trained weights have become.</summary>
    public void Refresh()
    {
        if (_copy is null)
            return;
        using var scope = NewDisposeScope(); // in-place operators return a second handle
        using var withoutGraph = no_grad();
        _copy.copy_(_source!);
    }

    /// <summary>Takes the copy away from the maps.</summary>
    public void Dispose()
    {
        foreach (var map in _maps)
            map.Copy = null;
        foreach (var tensor in _tensors)
            tensor.Dispose();
    }

    private Tensor Keep(Tensor tensor)
    {
        _tensors.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
