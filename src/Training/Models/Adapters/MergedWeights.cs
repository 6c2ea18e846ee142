using static TorchSharp.torch;

namespace Distributed.Training.Models.Adapters;

/// <summary>The weights of a transformer as one without adapters has them.</summary>
internal static class MergedWeights
{
    /// <summary>All weights by name, what the adapters add added to those that have one; the encoder stays as it is. New tensors belong to the current scope.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> Of(SentenceEncoder encoder, LoraAdapter? adapter)
    {
        var merged = adapter?.Maps.ToDictionary(map => $"{map.Key}.weight", map => map.Value.Update!, StringComparer.Ordinal) ?? [];
        var added = adapter?.Maps.Values.SelectMany(map => new[] { map.Update!.Down.Weight.Handle, map.Update.Up.Weight.Handle }).ToHashSet() ?? [];
        foreach (var (name, parameter) in encoder.TokenParameters.Where(entry => !added.Contains(entry.Parameter.Handle)))
            yield return KeyValuePair.Create(name, merged.TryGetValue(name, out var update) ? update.Merge(parameter) : parameter);
    }
}
