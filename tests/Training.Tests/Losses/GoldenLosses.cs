using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

/// <summary>The losses and gradients that sentence-transformers 6.0.0 gave for stored embeddings: tests/reference/losses.</summary>
internal static class GoldenLosses
{
    private static readonly ImmutableDictionary<string, JsonElement> Cases = ReadCases();

    /// <summary>Names of all cases.</summary>
    public static IEnumerable<string> Names => Cases.Keys.Order(StringComparer.Ordinal);

    public static GoldenCase Read(string name, ScalarType dtype)
    {
        using var file = SafetensorsReader.Open(ReferenceData.PathOf("losses", "losses.safetensors"));
        var stored = Cases[name];
        var suffix = dtype == float64 ? "f64" : "f32";
        var batch = StoredLoss.Batch(stored, file, dtype);
        var gradients = dtype == float32 && stored.TryGetProperty("grads_f32", out var found) && found.ValueKind == JsonValueKind.Array
            ? found
            : StoredLoss.ExactGradient(stored, Cases.Values).GetProperty("grads_f64");
        return new(
            name, stored.GetProperty("loss").GetString()!, stored.GetProperty("args"), batch,
            Number(stored.GetProperty($"loss_{suffix}")), [.. Strings(gradients).Select(gradient => file.Read(gradient).to(float64))]);
    }

    private static ImmutableDictionary<string, JsonElement> ReadCases() =>
        ReferenceData.Json("losses", "manifest.json").GetProperty("cases").EnumerateArray()
            .ToImmutableDictionary(stored => stored.GetProperty("name").GetString()!);

    private static double Number(JsonElement stored) => stored.ValueKind == JsonValueKind.String ? double.NaN : stored.GetDouble();

    private static IEnumerable<string> Strings(JsonElement array) => array.EnumerateArray().Select(element => element.GetString()!);
}

/// <summary>One stored case: what went in, and what the peer made of it, which is NaN in places.</summary>
internal sealed record GoldenCase(
    string Name, string Loss, JsonElement Arguments, EmbeddingBatch Batch, double Value, ImmutableArray<Tensor> Gradients);
