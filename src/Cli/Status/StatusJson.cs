using System.Collections.Immutable;
using System.Text.Json;

namespace Distributed.Cli.Status;

/// <summary>Reads the coordinator's `/api/status`. What is absent stays unknown: launcher and coordinator may be of different versions.</summary>
internal static class StatusJson
{
    /// <summary>The status in <paramref name="json"/>.</summary>
    public static RunStatus Read(JsonElement json) => new()
    {
        Phase = Text(json, "phase") ?? "running",
        RunId = Text(json, "runId"),
        Epoch = Whole(json, "epoch"),
        Epochs = Whole(json, "epochs"),
        Step = Whole(json, "step"),
        TotalSteps = Whole(json, "totalSteps"),
        Loss = Number(json, "loss"),
        LearningRate = Number(json, "learningRate"),
        RowsPerSecond = Number(json, "rowsPerSecond"),
        Remaining = Number(json, "etaSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Generation = Whole(json, "generation"),
        Workers = (int?)Whole(json, "worldSize"),
        Alarms = [.. Items(json, "alarms").Select(item => item.ToString())],
        Evaluations = [.. Items(json, "evaluations").Select(Scores).OfType<EvaluationScores>().OrderBy(s => s.Step)],
    };

    private static EvaluationScores? Scores(JsonElement json)
        => Whole(json, "step") is { } step
            ? new EvaluationScores(step, Score(json, "ndcgAt10"), Score(json, "mrrAt10"), Score(json, "recallAt1"), Score(json, "recallAt10"))
            : null;

    private static double Score(JsonElement json, string name) => Number(json, name) ?? double.NaN;

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
