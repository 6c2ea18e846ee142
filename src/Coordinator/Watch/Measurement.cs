using System.Collections.Immutable;

namespace Distributed.Coordinator.Watch;

/// <summary>What the embedding watch measured at a step.</summary>
/// <param name="Step">The step, before its update.</param>
/// <param name="Figures">By the names of <see cref="Jobs.WatchFigures"/>.</param>
internal sealed record Measurement(long Step, ImmutableSortedDictionary<string, double> Figures)
{
    /// <summary>A figure; null: this measurement has none of that name.</summary>
    public double? this[string name] => Figures.TryGetValue(name, out var value) && double.IsFinite(value) ? value : null;
}
