using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Data.Planning;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.ReferenceCheck;

/// <summary>losses/: value and gradient of a loss over given embeddings, in float64 and float32, computed over several logical shards.</summary>
internal static class LossCases
{
    private const int Shards = 3; // more than one, so that tiles and sums of several shards are checked too

    public static IEnumerable<CheckResult> Check(string folder)
    {
        using var tensors = SafetensorsReader.Open(Path.Combine(folder, "losses.safetensors"));
        foreach (var @case in ReferenceFile.Json(folder, "manifest.json").GetProperty("cases").EnumerateArray())
        {
            var loss = @case.GetProperty("loss").GetString()!;
            var name = $"losses/{loss}: {@case.GetProperty("name").GetString()}";
            if (PeerLoss.Translate(loss, @case.GetProperty("args"), out var missing) is not { } options)
            {
                yield return CheckResult.Unsupported(name, missing);
                continue;
            }

            yield return CheckCase($"{name} f64", @case, tensors, EmbeddingLoss.Create(options), LossTolerance.Float64);
            yield return CheckCase($"{name} f32", @case, tensors, EmbeddingLoss.Create(options), LossTolerance.Float32);
        }
    }

    private static CheckResult CheckCase(string name, JsonElement @case, SafetensorsReader tensors, IEmbeddingLoss loss, LossTolerance tolerance)
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        var batch = Batch(@case, tensors, tolerance.Dtype);
        var (value, gradient) = Evaluate(loss, batch);

        // The float64 values are the truth for both precisions: float32 is compared with what it should have been.
        var expected = @case.GetProperty("loss_f64").Number();
        if (!double.IsFinite(expected) || @case.GetProperty("grad_nonfinite_f64").GetInt32() > 0)
            return WherePeerIsUndefined(name, value, gradient);

        var lossError = Math.Abs(value - expected) / Math.Max(Math.Abs(expected), tolerance.SmallestLoss);
        var gradientError = 0.0;
        foreach (var (column, stored) in gradient.Zip(@case.GetProperty("grads_f64").Strings()))
        {
            var truth = tensors.Read(stored, ScalarType.Float64);
            gradientError = Math.Max(gradientError, column.MaxDifference(truth) / Math.Max(truth.MaxAbs(), tolerance.SmallestGradient));
        }

        var precision = PeerLoss.GradientPrecision(@case.GetProperty("loss").GetString()!, @case.GetProperty("args"));
        return CheckResult.Compare(name, lossError, tolerance.Loss, gradientError, Math.Max(tolerance.Gradient, precision));
    }

    private static CheckResult WherePeerIsUndefined(string name, double value, ImmutableArray<Tensor> gradient)
    {
        var isFinite = double.IsFinite(value) && gradient.All(column => double.IsFinite(column.MaxAbs()));
        return new(name, isFinite ? CheckOutcome.Passed : CheckOutcome.Failed, Detail: isFinite ? null : "not finite, as the peer");
    }

    private static (double Value, ImmutableArray<Tensor> Gradient) Evaluate(IEmbeddingLoss loss, EmbeddingBatch batch)
    {
        using var pass = loss.Over(batch);
        var statistics = cat([.. batch.Shards.Select(pass.Score)]);
        var gradients = batch.Shards.Select(shard => pass.Gradient(statistics, shard)).ToList();
        return (pass.Value(statistics), [.. Enumerable.Range(0, batch.Columns.Length).Select(column => cat([.. gradients.Select(shard => shard[column])]))]);
    }

    private static EmbeddingBatch Batch(JsonElement @case, SafetensorsReader tensors, ScalarType dtype)
    {
        ImmutableArray<Tensor> columns = [.. @case.GetProperty("inputs").Strings().Select(input => tensors.Read(input, dtype))];
        var rows = (int)columns[0].shape[0];
        return new EmbeddingBatch
        {
            Columns = columns,
            TextHashes = [.. Enumerable.Range(0, columns.Length).Select(column => Distinct(rows, column))],
            Labels = Labels(@case, tensors, rows),
            Scores = Scores(@case, tensors),
            Guides = [.. Guides(@case).Select(guide => tensors.Read(guide, dtype))],
            Shards = Cut(rows, Shards),
        };
    }

    /// <summary>Embeddings without texts: no two are the same text.</summary>
    private static ImmutableArray<ulong> Distinct(int rows, int column) =>
        [.. Enumerable.Range(0, rows).Select(row => 1UL + ((ulong)column * (ulong)rows) + (ulong)row)];

    private static ImmutableArray<int> Labels(JsonElement @case, SafetensorsReader tensors, int rows)
    {
        if (@case.GetProperty("labels").GetString() is not { } name)
            return [.. Enumerable.Repeat(-1, rows)];
        using var labels = tensors.Read(name, ScalarType.Int64);
        return [.. labels.data<long>().Select(label => (int)label)];
    }

    /// <summary>The peer has one kind of label: here the same numbers are classes and scores, and each loss takes what it needs.</summary>
    private static ImmutableArray<float> Scores(JsonElement @case, SafetensorsReader tensors)
    {
        if (@case.GetProperty("labels").GetString() is not { } name)
            return [];
        using var scores = tensors.Read(name, ScalarType.Float32);
        return [.. scores.data<float>()];
    }

    private static string[] Guides(JsonElement @case) =>
        @case.TryGetProperty("guide_inputs", out var guides) && guides.ValueKind == JsonValueKind.Array ? [.. guides.Strings()] : [];

    /// <summary>Shards whose sizes differ by at most one.</summary>
    public static ImmutableArray<ShardRange> Cut(int rows, int shards) =>
        [.. Enumerable.Range(0, shards).Select(shard => (Start: rows * shard / shards, End: rows * (shard + 1) / shards))
            .Select(shard => new ShardRange(shard.Start, shard.End - shard.Start))];
}
