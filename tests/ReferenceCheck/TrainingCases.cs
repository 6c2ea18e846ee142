using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using Distributed.Training.Optimization;
using Distributed.Training.Safetensors;
using Distributed.Training.Steps;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.ReferenceCheck;

/// <summary>training/: the peer's trajectories, followed step by step by the product's own trainer.</summary>
internal static class TrainingCases
{
    private const int Shards = 4;

    public static IEnumerable<CheckResult> Check(string folder)
    {
        var document = ReferenceFile.Json(folder, "training.json");
        foreach (var run in document.GetProperty("runs").EnumerateObject())
        {
            var loss = run.Value.GetProperty("loss").GetString()!;
            var name = $"training/{loss}: {run.Name}";
            var arguments = run.Value.TryGetProperty("args", out var given) ? given : JsonDocument.Parse("{}").RootElement;
            if (PeerLoss.Translate(loss, arguments, out var missing) is not { } options)
            {
                yield return CheckResult.Unsupported(name, missing);
                continue;
            }

            foreach (var result in new Trajectory(folder, document, run, options).Follow(name))
                yield return result;
        }
    }

    private sealed class Trajectory(string folder, JsonElement document, JsonProperty run, LossOptions options)
    {
        private readonly TrajectoryTolerance _tolerance = TrajectoryTolerance.For(options);

        public IEnumerable<CheckResult> Follow(string name)
        {
            using var tensors = SafetensorsReader.Open(Path.Combine(folder, "training.safetensors"));
            var job = Job();
            var set = DistributedCases.Rows(folder, options);
            var plans = Plans();
            yield return FirstGradient($"{name}, gradient of step 0, f64", [.. plans.Plan(0).Rows.Select(row => set.Rows[row])], tensors);

            using var trainer = new Trainer(job, Model(), set, plans, TimeProvider.System);
            yield return Steps($"{name}, {plans.TotalSteps} steps", trainer, plans, job);
            yield return Probes($"{name}, probe embeddings", trainer.Model, tensors);
            yield return Parameters($"{name}, final parameters", trainer.Model);
        }

        private EmbeddingModel Model() => EmbeddingModel.Load(Path.Combine(folder, "..", "encoder", "mini-mean"));

        private RecordedPlans Plans() => new(
            [.. ReferenceFile.JsonLines(folder, $"batch_order_{run.Name}.jsonl")
                .Select(step => step.GetProperty("rows").EnumerateArray().Select(row => row.GetInt32()).ToImmutableArray())],
            Shards);

        private Job Job()
        {
            var settings = document.GetProperty("settings");
            return new Job
            {
                Seed = settings.GetProperty("seed").GetInt32(),
                Model = new ModelOptions { Folder = "mini-mean" },
                Datasets = [new DatasetOptions { Data = new DataOptions { Train = [] }, Loss = options }],
                Output = new OutputOptions { Folder = "" },
                Optimizer = new OptimizerOptions
                {
                    LearningRate = settings.GetProperty("lr").GetDouble(),
                    WeightDecay = settings.GetProperty("weight_decay").GetDouble(),
                    ClipNorm = settings.GetProperty("max_grad_norm").GetDouble(),
                },
                Schedule = new ScheduleOptions { WarmupSteps = settings.GetProperty("warmup_steps").GetInt32() },
            };
        }

        private CheckResult FirstGradient(string name, ImmutableArray<Data.Reading.TrainingRow> rows, SafetensorsReader tensors)
        {
            using var scope = NewDisposeScope();
            var model = Model();
            model.Encoder.to(ScalarType.Float64);
            var (loss, gradient) = ReferenceGradient.Of(model, rows, EmbeddingLoss.Create(options), Shards);
            var expected = run.Value.GetProperty("steps_f64")[0].GetProperty("loss").GetDouble();
            var error = PeerGradient.Compare(gradient, tensors, $"{run.Name}/step0_grad_f64/", out _);
            return CheckResult.Compare(name, Math.Abs(loss - expected) / Math.Abs(expected), 1e-12, error, 1e-10);
        }

        private CheckResult Steps(string name, Trainer trainer, RecordedPlans plans, Job job)
        {
            var collectives = LoopbackCollectives.Create(1, [new(0, Shards)])[0];
            double lossError = 0, normError = 0, rateError = 0;
            foreach (var expected in run.Value.GetProperty("steps_f64").EnumerateArray())
            {
                var step = expected.GetProperty("step").GetInt64();
                var result = trainer.ComputeStepAsync(plans.Plan(step), collectives, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                trainer.Apply(step);

                var norm = expected.GetProperty("grad_norm").GetDouble();
                var rate = LearningRateSchedule.Rate(step, plans.TotalSteps, job.Optimizer, job.Schedule);
                lossError = Math.Max(lossError, Math.Abs(result.Loss - expected.GetProperty("loss").GetDouble()));
                normError = Math.Max(normError, Math.Abs(result.GradientNorm - norm) / norm);
                rateError = Math.Max(rateError, Math.Abs(rate - expected.GetProperty("lr").GetDouble()) / job.Optimizer.LearningRate);
            }

            return rateError > 1e-12
                ? new CheckResult(name, CheckOutcome.Failed, lossError, normError, $"learning rate differs by {rateError:e2}")
                : CheckResult.Compare(name, lossError, _tolerance.Loss, normError, TrajectoryTolerance.GradientNorm);
        }

        private CheckResult Probes(string name, EmbeddingModel model, SafetensorsReader tensors)
        {
            using var scope = NewDisposeScope();
            using var withoutGraph = no_grad();
            var actual = cat([.. document.GetProperty("probes").Strings()
                .Select(text => model.Encoder.Encode(EncoderInput.From([model.Tokenize(text)]), dropout: null))]).to(ScalarType.Float64);
            var expected = tensors.Read($"{run.Name}/probe_embeddings_f64", ScalarType.Float64);
            if (_tolerance.IgnoresCommonShift)
                (actual, expected) = (actual - actual.mean([0]), expected - expected.mean([0]));
            return CheckResult.Compare(name, actual.MaxDifference(expected), _tolerance.Probes);
        }

        private CheckResult Parameters(string name, EmbeddingModel model)
        {
            using var scope = NewDisposeScope();
            using var final = SafetensorsReader.Open(Path.Combine(folder, $"final-{run.Name}", "model.safetensors"));
            var parameters = model.Encoder.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
            var (worst, words, last) = (0.0, 0.0, LastNormalisation(final));
            foreach (var entry in final.Tensors.Where(entry => _tolerance.IsDetermined(entry.Name, last)))
            {
                if (PeerGradient.Find(parameters, entry.Name) is not { } actual)
                    continue; // kept by the file, not trained: the pooler
                var error = actual.MaxDifference(final.Read(entry.Name));
                if (entry.Name.EndsWith("word_embeddings.weight", StringComparison.Ordinal))
                    words = error;
                else
                    worst = Math.Max(worst, error);
            }

            return words > TrajectoryTolerance.WordEmbeddings
                ? new CheckResult(name, CheckOutcome.Failed, worst, Detail: $"word embeddings differ by {words:e2}")
                : CheckResult.Compare(name, worst, TrajectoryTolerance.Parameters);
        }

        private static string LastNormalisation(SafetensorsReader final) => final.Tensors
            .Select(entry => entry.Name)
            .Where(entry => entry.EndsWith(".output.LayerNorm.bias", StringComparison.Ordinal) && !entry.Contains("attention", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Last();
    }
}
