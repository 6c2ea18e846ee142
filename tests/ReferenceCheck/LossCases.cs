using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.ReferenceCheck;

/// <summary>losses/: value and gradient of a loss over given embeddings, in float64 and float32, computed over several logical shards.</summary>
internal static class LossCases
{
    public static IEnumerable<CheckResult> Check(string folder)
    {
        using var tensors = SafetensorsReader.Open(Path.Combine(folder, "losses.safetensors"));
        var cases = ReferenceFile.Json(folder, "manifest.json").GetProperty("cases").EnumerateArray().ToList();
        foreach (var @case in cases)
        {
            var exact = StoredLoss.ExactGradient(@case, cases);
            var loss = @case.GetProperty("loss").GetString()!;
            var name = $"losses/{loss}: {@case.GetProperty("name").GetString()}";
            if (PeerLoss.Translate(loss, @case.GetProperty("args"), out var missing) is not { } options)
            {
                yield return CheckResult.Unsupported(name, missing);
                continue;
            }

            yield return CheckCase($"{name} f64", @case, exact, tensors, EmbeddingLoss.Create(options), LossTolerance.Float64);
            yield return CheckCase($"{name} f32", @case, exact, tensors, EmbeddingLoss.Create(options), LossTolerance.Float32);
        }
    }

    private static CheckResult CheckCase(
        string name, JsonElement @case, JsonElement exact, SafetensorsReader tensors, IEmbeddingLoss loss, LossTolerance tolerance)
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        var (value, _, gradient) = LossRun.Of(loss, StoredLoss.Batch(@case, tensors, tolerance.Dtype));

        // The float64 values are the truth for both precisions: float32 is compared with what it should have been.
        var expected = @case.GetProperty("loss_f64").Number();
        if (!double.IsFinite(expected) || @case.GetProperty("grad_nonfinite_f64").GetInt32() > 0)
            return WherePeerIsUndefined(name, value, gradient);

        var lossError = Math.Abs(value - expected) / (Math.Abs(expected) + tolerance.SmallestLoss);
        var gradientError = 0.0;
        foreach (var (column, stored) in gradient.Zip(exact.GetProperty("grads_f64").Strings()))
        {
            var truth = tensors.Read(stored, ScalarType.Float64);
            gradientError = Math.Max(gradientError, column.MaxDifference(truth) / (truth.MaxAbs() + tolerance.SmallestGradient));
        }

        var precision = PeerLoss.GradientPrecision(exact.GetProperty("loss").GetString()!, exact.GetProperty("args"));
        return CheckResult.Compare(name, lossError, tolerance.Loss, gradientError, Math.Max(tolerance.Gradient, precision));
    }

    private static CheckResult WherePeerIsUndefined(string name, double value, ImmutableArray<Tensor> gradient)
    {
        var isFinite = double.IsFinite(value) && gradient.All(column => double.IsFinite(column.MaxAbs()));
        return new(name, isFinite ? CheckOutcome.Passed : CheckOutcome.Failed, Detail: isFinite ? null : "not finite, as the peer");
    }
}
