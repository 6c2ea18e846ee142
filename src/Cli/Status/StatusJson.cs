using System.Collections.Immutable;
using System.Text.Json;

namespace Distributed.Cli.Status;

/// <summary>Reads the coordinator's `/api/status`. What is absent stays unknown: launcher and coordinator may be of different versions.</summary>
internal static class StatusJson
{
    /// <summary>The status in <paramref name="json"/>.</summary>
    public static RunStatus Read(JsonElement json) => new()
    {
        Phase = Phase(json),
        RunId = Text(json, "runId"),
        Epoch = Whole(json, "epoch") is > 0 and var epoch ? epoch : null,
        Step = Whole(json, "step"),
        TotalSteps = Whole(json, "totalSteps"),
        Loss = Number(json, "loss"),
        RowsPerSecond = Number(json, "rowsPerSecond"),
        Remaining = Number(json, "etaSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Generation = Items(json, "generations") is [var newest, ..] ? Whole(newest, "number") : null,
        Workers = Items(json, "workers").Count(worker => Whole(worker, "rank") is not null),
        WantedWorkers = Whole(json, "wantedWorkers"),
        Detail = Text(json, "detail") is { Length: > 0 } detail ? detail : null,
        Alarms = [.. Alarms(json)],
        Evaluations = [.. Items(json, "evaluations").Select(Scores).OfType<EvaluationScores>().OrderBy(s => s.Step)],
    };

    /// <summary>The state of the run, or while it computes, what.</summary>
    private static string Phase(JsonElement json) => Text(json, "state") switch
    {
        "running" => Text(json, "task") switch
        {
            "train" => "training",
            "evaluate" => "evaluating",
            "checkpoint" => "writing a checkpoint",
            "save" => "saving the model",
            _ => "running",
        },
        "reforming" => "re-forming",
        var state => state ?? "running",
    };

    /// <summary>What goes wrong: alarms of the embedding watch, and steps without an update.</summary>
    private static IEnumerable<string> Alarms(JsonElement json)
    {
        foreach (var alarm in Items(json, "alarms"))
            yield return $"alarm {Text(alarm, "name")} since step {Whole(alarm, "step")}: {Text(alarm, "reason")}";
        if (Items(json, "skippedSteps") is { Length: > 0 } skipped)
            yield return $"steps skipped because they were not finite: {string.Join(", ", skipped)}";
    }

    private static EvaluationScores? Scores(JsonElement json)
        => Whole(json, "step") is { } step && Find(json, "metrics") is { ValueKind: JsonValueKind.Object } metrics
            ? new EvaluationScores(step, metrics.EnumerateObject().ToImmutableSortedDictionary(m => m.Name, m => Value(m.Value), StringComparer.Ordinal))
            : null;

    private static double Value(JsonElement json) => json.ValueKind == JsonValueKind.Number ? json.GetDouble() : double.NaN;

    private static string? Text(JsonElement json, string name)
        => Find(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static double? Number(JsonElement json, string name)
        => Find(json, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) ? number : null;

    private static long? Whole(JsonElement json, string name)
        => Find(json, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    private static ImmutableArray<JsonElement> Items(JsonElement json, string name)
        => Find(json, name) is { ValueKind: JsonValueKind.Array } value ? [.. value.EnumerateArray()] : [];

    private static JsonElement? Find(JsonElement json, string name)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : null;
}
