using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Distributed.Cli.Events;

namespace Distributed.Cli.Status;

/// <summary>Held-out scores of the model after <paramref name="Step"/> steps, by name: ndcg@10, mrr@10, recall@1, recall@10.</summary>
internal sealed record EvaluationScores(long Step, ImmutableSortedDictionary<string, double> Metrics)
{
    /// <summary>Name of the property that holds a number of steps.</summary>
    public const string StepProperty = "Step";

    private const string MetricsProperty = "Metrics";

    /// <summary>The scores that an event of the coordinator reports, "ndcg@10 0.5512, …" in its property Metrics; null: it reports none.</summary>
    public static EvaluationScores? From(RunEvent e)
    {
        if (e.Properties[StepProperty]?.GetValueKind() != JsonValueKind.Number || e.Properties[MetricsProperty]?.GetValueKind() != JsonValueKind.String)
            return null;
        var metrics = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var entry in ((string)e.Properties[MetricsProperty]!).Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.Split(' ') is not [var name, var value] || !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var score))
                return null;
            metrics[name] = score;
        }

        return new EvaluationScores((long)e.Properties[StepProperty]!, metrics.ToImmutable());
    }
}
