using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Training.Losses;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Testing;

/// <summary>What went into a stored case of the peer's losses: an entry of tests/reference/losses/manifest.json, with its tensors.</summary>
public static class StoredLoss
{
    private const int Shards = 3; // more than one, so that tiles and sums of several shards are checked too
    private const string Cached = "cmnrl_"; // a case's name; without the c it is that of the same loss without a cache

    /// <summary>Its batch.</summary>
    public static EmbeddingBatch Batch(JsonElement stored, SafetensorsReader tensors, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        ImmutableArray<Tensor> columns = [.. Names(stored, "inputs").Select(name => Read(name).MoveToOuterDisposeScope())];
        var rows = (int)columns[0].size(0);
        var labels = stored.GetProperty("labels").GetString();
        return new EmbeddingBatch
        {
            Columns = columns,
            TextHashes = [.. columns.Select((_, column) => Distinct(rows, column))],

            // The peer has one kind of label: here the same numbers are classes and scores, and each loss takes what it needs.
            Labels = labels is null ? [.. Enumerable.Repeat(-1, rows)] : [.. tensors.Read(labels).to(int64).data<long>().Select(label => (int)label)],
            Scores = labels is null ? [] : [.. tensors.Read(labels).to(float32).data<float>()],
            Guides = [.. Names(stored, "guide_inputs").Select(name => Read(name).MoveToOuterDisposeScope())],
            Shards = LossRun.Shards(rows, Shards),
        };

        Tensor Read(string name) => tensors.Read(name).to(dtype, copy: true);
    }

    /// <summary>
    /// The case whose float64 gradient a case has: itself; of one through the peer's cache, which keeps gradients in float32 even in a float64 run, the same
    /// without the cache where there is one.
    /// </summary>
    public static JsonElement ExactGradient(JsonElement stored, IEnumerable<JsonElement> all)
    {
        var name = stored.GetProperty("name").GetString()!;
        if (!name.StartsWith(Cached, StringComparison.Ordinal))
            return stored;
        var whole = all.Where(other => other.GetProperty("name").ValueEquals(name[1..])).ToList();
        return whole is [var only] && only.GetProperty("inputs").GetRawText() == stored.GetProperty("inputs").GetRawText() ? only : stored;
    }

    private static IEnumerable<string> Names(JsonElement stored, string property) =>
        stored.TryGetProperty(property, out var names) && names.ValueKind == JsonValueKind.Array ? names.EnumerateArray().Select(name => name.GetString()!) : [];

    /// <summary>Embeddings without texts: no two are the same text.</summary>
    private static ImmutableArray<ulong> Distinct(int rows, int column) =>
        [.. Enumerable.Range(0, rows).Select(row => 1UL + ((ulong)column * (ulong)rows) + (ulong)row)];
}
