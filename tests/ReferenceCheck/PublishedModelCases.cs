using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Training.Collectives;
using Distributed.Training.Evaluation;
using Distributed.Training.Inference;
using Distributed.Training.Models;
using Distributed.Training.Safetensors;
using Distributed.Training.Steps;
using static TorchSharp.torch;

namespace Distributed.ReferenceCheck;

/// <summary>A published model: what the peer makes of sentences with it, its scores, and a short training from it.</summary>
/// <param name="folder">expected.json and expected.safetensors.</param>
/// <param name="model">The model's folder.</param>
/// <param name="data">Folder with wordnet/ and stsb/; null: neither scores nor training.</param>
internal sealed class PublishedModelCases(string folder, string model, string? data)
{
    private const double EmbeddingLimit = 1e-5;
    private const double TrainedLimit = 1e-4;
    private const double LossLimit = 1e-4;
    private const double ScoreLimit = 5e-5; // four digits; the peer puts two pairs of equal texts, which tie, the other way round: 1.5e-5
    private const int TokensPerMicroBatch = 4096;
    private const int Shards = 4;

    private readonly JsonElement _expected = ReferenceFile.Json(folder, "expected.json");

    /// <summary>All checks.</summary>
    public IEnumerable<CheckResult> Check()
    {
        using var tensors = SafetensorsReader.Open(Path.Combine(folder, "expected.safetensors"));
        var sentences = _expected.GetProperty("sentences").Strings();
        using var loaded = EmbeddingModel.Load(model);
        yield return TokenIds.Compare("published/token ids", loaded, sentences, _expected.GetProperty("ids"));
        yield return Embeddings("published/embeddings: f32", loaded, sentences, tensors);
        if (data is null)
            yield break;

        foreach (var part in (string[])["dev", "test"])
            yield return Similarity($"published/STS benchmark: {part}", loaded, part);
        foreach (var result in Retrieval("published/WordNet", loaded))
            yield return result;
        foreach (var result in Training("published/training", sentences, tensors))
            yield return result;
    }

    private static CheckResult Embeddings(string name, EmbeddingModel loaded, string[] sentences, SafetensorsReader tensors)
    {
        using var scope = NewDisposeScope();
        return CheckResult.Compare(name, Encode(loaded, sentences).MaxDifference(tensors.Read("encode_f32")), EmbeddingLimit);
    }

    private static Tensor Encode(EmbeddingModel model, string[] texts)
    {
        var matrix = EncodeTexts(model, texts);
        return tensor(matrix.Values, [matrix.Count, matrix.Dim]);
    }

    private static EmbeddingMatrix EncodeTexts(EmbeddingModel model, IReadOnlyList<string> texts) =>
        new TextEncoder(model, Alone(), TokensPerMicroBatch).EncodeAsync(texts, encoded: null, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static ICollectives Alone(int shards = 1) => LoopbackCollectives.Create(1, [new(0, shards)])[0];

    private CheckResult Similarity(string name, EmbeddingModel loaded, string part)
    {
        var rows = ReadPairs(Path.Combine(data!, "stsb", $"stsb-en-{part}.csv"));
        var (first, second) = (EncodeTexts(loaded, rows.ConvertAll(row => row.First)), EncodeTexts(loaded, rows.ConvertAll(row => row.Second)));
        var actual = RankCorrelation.Of(rows.ConvertAll(row => row.Score), [.. Enumerable.Range(0, rows.Count).Select(row => Cosine(first.Row(row), second.Row(row)))]);
        var expected = _expected.GetProperty($"stsb_{part}").GetProperty("spearman_cosine").GetDouble();
        return CheckResult.Compare($"{name}, Spearman {actual:F4}", Math.Abs(actual - expected), ScoreLimit);
    }

    private static List<(string First, string Second, double Score)> ReadPairs(string path)
    {
        using var stream = File.OpenRead(path);
        using var csv = CsvReader.Create(stream, new CsvReaderOptions { HasHeader = false }, leaveOpen: true);
        List<(string, string, double)> rows = [];
        while (csv.Read())
            rows.Add((Text(0), Text(1), double.Parse(Text(2), CultureInfo.InvariantCulture)));
        return rows;

        string Text(int place) => Encoding.UTF8.GetString(csv.GetSpan(place));
    }

    private static double Cosine(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        var (product, squaresOfFirst, squaresOfSecond) = (0.0, 0.0, 0.0);
        for (var i = 0; i < first.Length; i++)
        {
            product += (double)first[i] * second[i];
            squaresOfFirst += (double)first[i] * first[i];
            squaresOfSecond += (double)second[i] * second[i];
        }

        return product / Math.Sqrt(squaresOfFirst * squaresOfSecond);
    }

    private IEnumerable<CheckResult> Retrieval(string name, EmbeddingModel loaded)
    {
        var wordnet = Path.Combine(data!, "wordnet");
        var set = RetrievalSetReader.Read(new EvaluationOptions
        {
            Queries = Path.Combine(wordnet, "usage-test.jsonl.gz"), Corpus = Path.Combine(wordnet, "corpus.jsonl.gz"), Relevance = Path.Combine(wordnet, "qrels.tsv"),
        });
        var encoder = new TextEncoder(loaded, Alone(), TokensPerMicroBatch);
        TextEmbedding embed = (texts, cancelled) => encoder.EncodeAsync(texts, encoded: null, cancelled);
        var scores = new RetrievalEvaluator(embed, embed, Alone())
            .EvaluateAsync(set, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var expected = _expected.GetProperty("wordnet_zero_shot");
        foreach (var (measure, actual) in ((string, double)[])[
            ("ndcg@10", scores.NdcgAt10), ("mrr@10", scores.MrrAt10), ("recall@1", scores.RecallAt1), ("recall@10", scores.RecallAt10)])
            yield return CheckResult.Compare($"{name}: {measure} {actual:F4}", Math.Abs(actual - expected.GetProperty(measure).GetDouble()), ScoreLimit);
    }

    // The first rows that have a negative, in file order, without dropout.
    private IEnumerable<CheckResult> Training(string name, string[] sentences, SafetensorsReader tensors)
    {
        var settings = _expected.GetProperty("training");
        var (batch, steps) = (settings.GetProperty("batch").GetInt32(), settings.GetProperty("steps_f64"));
        var (job, set) = Prepare(settings, batch * steps.GetArrayLength());
        var plans = new RecordedPlans([.. set.Rows.Select((_, row) => row).Chunk(batch).Select(rows => rows.ToImmutableArray())], Shards);
        using var trainer = new Trainer(job, EmbeddingModel.Load(model, job.Model), set, plans, TimeProvider.System);
        var (lossError, normError) = (0.0, 0.0);
        foreach (var expected in steps.EnumerateArray())
        {
            var step = expected.GetProperty("step").GetInt64();
            var result = trainer.ComputeStepAsync(plans.Plan(step), Alone(Shards), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            trainer.Apply(step);
            var norm = expected.GetProperty("grad_norm").GetDouble();
            lossError = Math.Max(lossError, Math.Abs(result.Loss - expected.GetProperty("loss").GetDouble()));
            normError = Math.Max(normError, Math.Abs(result.GradientNorm - norm) / norm);
        }

        yield return CheckResult.Compare($"{name}: {plans.TotalSteps} steps", lossError, LossLimit, normError, TrajectoryTolerance.GradientNorm);
        using var scope = NewDisposeScope();
        yield return CheckResult.Compare($"{name}: embeddings afterwards", Encode(trainer.Model, sentences).MaxDifference(tensors.Read("after_training_f32")), TrainedLimit);
    }

    private (Job Job, TrainingSet Set) Prepare(JsonElement settings, int count)
    {
        var options = new DataOptions { Train = [Path.Combine(data!, "wordnet", "usage-train.jsonl.gz")], Columns = ["anchor", "positive", "negative"] };
        var rows = TrainingSetReader.Read(options).Rows.Where(row => row.Texts is [_, _, not null]).Take(count).ToImmutableArray();
        var job = new Job
        {
            Model = new ModelOptions { Folder = model, MaxTokens = settings.GetProperty("max_seq_length").GetInt32(), Dropout = settings.GetProperty("dropout").GetDouble() },
            Datasets = [new DatasetOptions { Data = options, Loss = new RankingLossOptions { Scale = settings.GetProperty("scale").GetDouble(), MaskFalseNegatives = false } }],
            Output = new OutputOptions { Folder = "" },
            Optimizer = new OptimizerOptions
            {
                LearningRate = settings.GetProperty("peak_rate").GetDouble(),
                WeightDecay = settings.GetProperty("weight_decay").GetDouble(),
                ClipNorm = settings.GetProperty("clip").GetDouble(),
            },
            Schedule = new ScheduleOptions { WarmupSteps = settings.GetProperty("warmup_steps").GetInt32() },
        };
        return (job, new TrainingSet(rows, [TrainingDataset.Single(rows, options.Columns.Length, [])], "published"));
    }
}
