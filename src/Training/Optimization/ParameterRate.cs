using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs;

namespace Distributed.Training.Optimization;

/// <summary>Learning rate and weight decay of a parameter.</summary>
/// <param name="Factor">What the step's learning rate is multiplied by.</param>
/// <param name="WeightDecay">Its weight decay, 0 where none applies.</param>
internal readonly record struct ParameterRate(double Factor, double WeightDecay)
{
    /// <summary>The rates of all slots, in their order: of several patterns that match a name, the first counts.</summary>
    /// <exception cref="JobConflictException">A pattern matches nothing.</exception>
    public static ImmutableArray<ParameterRate> Of(ImmutableArray<ParameterSlot> slots, OptimizerOptions options)
    {
        var rates = options.Rates.Select(rate => (Pattern: new NamePattern(rate.Pattern), Rate: rate)).ToArray();
        foreach (var (pattern, _) in rates)
        {
            if (!slots.Any(slot => pattern.MatchesBeginning(slot.Name)))
                throw pattern.MatchesNothing("optimizer.rates", "trained parameter", slots.Select(slot => slot.Name));
        }

        return [.. slots.Select(slot =>
        {
            var rate = rates.FirstOrDefault(entry => entry.Pattern.MatchesBeginning(slot.Name)).Rate;
            return new ParameterRate(rate?.Factor ?? 1, slot.Decays ? rate?.WeightDecay ?? options.WeightDecay : 0);
        })];
    }
}
