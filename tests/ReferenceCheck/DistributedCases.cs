using System.Text.Json;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using Distributed.Training.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.ReferenceCheck;

/// <summary>
/// distributed/: what several ranks of the peer should have computed, and for some losses did not: the loss and gradient of one process on the whole
/// global batch, in float64. Our global batch is cut into twice as many logical shards as the peer had ranks.
/// </summary>
internal static class DistributedCases
{
    private const double LossLimit = 1e-12;
    private const double GradientLimit = 1e-10;

    public static IEnumerable<CheckResult> Check(string folder)
    {
        using var tensors = SafetensorsReader.Open(Path.Combine(folder, "distributed.safetensors"));
        foreach (var @case in ReferenceFile.Json(folder, "distributed.json").GetProperty("cases").EnumerateArray())
        {
            var loss = @case.GetProperty("loss").GetString()!;
            var world = @case.GetProperty("world").GetInt32();
            var name = $"distributed/{loss}: {@case.GetProperty("case").GetString()}, {world} ranks";
            yield return PeerLoss.Translate(loss, @case.GetProperty("args"), out var missing) is { } options
                ? CheckCase(name, folder, @case, options, 2 * world, tensors)
                : CheckResult.Unsupported(name, missing);
        }
    }

    private static CheckResult CheckCase(string name, string folder, JsonElement @case, LossOptions options, int shards, SafetensorsReader tensors)
    {
        using var scope = NewDisposeScope();
        var model = EmbeddingModel.Load(Path.Combine(folder, "..", "encoder", "mini-mean"));
        model.Encoder.to(ScalarType.Float64);
        var (loss, gradient) = ReferenceGradient.Of(model, Rows(folder, options).Rows, EmbeddingLoss.Create(options), shards);

        var expected = @case.GetProperty("single_process_loss").GetDouble();
        var precision = PeerLoss.GradientPrecision(@case.GetProperty("loss").GetString()!, @case.GetProperty("args"));
        var gradientError = PeerGradient.Compare(gradient, tensors, $"{@case.GetProperty("case").GetString()}/single/", out var compared);
        return compared == 0
            ? new CheckResult(name, CheckOutcome.Failed, Detail: "no gradient of the single process is stored")
            : CheckResult.Compare(name, Math.Abs(loss - expected) / Math.Abs(expected), LossLimit, gradientError, Math.Max(GradientLimit, precision));
    }

    /// <summary>The rows a loss of this kind is trained on.</summary>
    public static TrainingSet Rows(string folder, LossOptions options) => TrainingSetReader.Read(options is MinedTripletLossOptions
        ? new DataOptions { Train = [Path.Combine(folder, "labelled.jsonl")], Columns = ["text"], Label = "label" }
        : new DataOptions { Train = [Path.Combine(folder, "pairs.jsonl")], Columns = ["anchor", "positive"] });
}
