using System.Collections.Immutable;
using System.Globalization;
using Distributed.Cli.Status;

namespace Distributed.Cli.Display;

/// <summary>Numbers and times for a person, the same in every country.</summary>
internal static class Format
{
    /// <summary>What stands for a value that is not known.</summary>
    public const string Unknown = "–";

    // The order in which scores are shown; others follow.
    private static readonly ImmutableArray<string> KnownMetrics = ["ndcg@10", "mrr@10", "recall@1", "recall@10"];

    /// <summary>Names of the scores, in the order in which they are shown.</summary>
    public static ImmutableArray<string> MetricsOf(EvaluationScores scores)
        => [.. KnownMetrics.Where(scores.Metrics.ContainsKey), .. scores.Metrics.Keys.Where(name => !KnownMetrics.Contains(name))];

    /// <summary>A score's name as papers write it.</summary>
    public static string Metric(string name)
        => name.Replace("ndcg", "nDCG", StringComparison.Ordinal).Replace("mrr", "MRR", StringComparison.Ordinal);

    /// <summary>4 decimals.</summary>
    public static string Number(double? value)
        => value is { } number && double.IsFinite(number) ? number.ToString("0.0000", CultureInfo.InvariantCulture) : Unknown;

    /// <summary>No decimals, groups of three.</summary>
    public static string Rate(double? value) => value?.ToString("#,0", CultureInfo.InvariantCulture) ?? Unknown;

    /// <summary>A whole number.</summary>
    public static string Count(long? value) => value?.ToString("#,0", CultureInfo.InvariantCulture) ?? Unknown;

    /// <summary>3:07 or 1:02:45.</summary>
    public static string Duration(TimeSpan? value) => value switch
    {
        null => Unknown,
        { TotalHours: >= 1 } t => string.Create(CultureInfo.InvariantCulture, $"{(int)t.TotalHours}:{t.Minutes:00}:{t.Seconds:00}"),
        { } t => string.Create(CultureInfo.InvariantCulture, $"{t.Minutes}:{t.Seconds:00}"),
    };
}
