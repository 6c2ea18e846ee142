using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distributed.Coordinator.Journal;

/// <summary>Scores and figures as one JSON object: names are the worker's, so they are no columns. NaN is a value here.</summary>
internal static class MetricsJson
{
    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string Write(ImmutableSortedDictionary<string, double> metrics) => JsonSerializer.Serialize(metrics, Options);

    public static ImmutableSortedDictionary<string, double> Read(string json) =>
        JsonSerializer.Deserialize<ImmutableSortedDictionary<string, double>>(json, Options)!;
}
