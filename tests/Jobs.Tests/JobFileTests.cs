using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Distributed.Jobs.Losses;

namespace Distributed.Jobs.Tests;

public sealed class JobFileTests : IDisposable
{
    private readonly JobFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_RequiredKeysOnly_GivesDefaultsAndAbsolutePaths()
    {
        var job = _folder.Load(JobFolder.Minimal);

        Assert.Equal(_folder.File("vocab.txt"), job.Model.New!.Vocabulary);
        Assert.Equal([_folder.File("train.jsonl")], job.Datasets[0].Data.Train);
        Assert.Equal(["anchor", "positive"], job.Datasets[0].Data.Columns);
        Assert.Equal(_folder.File("runs/a"), job.Output.Folder);
        Assert.Equal((12, Precision.Float32), (job.Seed, job.Precision));
        Assert.Equal((new RankingLossOptions(), new SamplerOptions(), new BatchOptions()), (job.Datasets[0].Loss, job.Datasets[0].Sampler, job.Batch));
        Assert.Equal((new OptimizerOptions(), new ScheduleOptions()), (job.Optimizer, job.Schedule));
        Assert.Equal((new CheckpointOptions(), new WorkerOptions()), (job.Checkpoint, job.Workers));
        Assert.Equal(new WatchOptions(), job.Watch);
        Assert.Null(job.Evaluation);
    }

    [Fact]
    public void Load_EveryKey_IsRead()
    {
        var job = _folder.Load(
            """
            seed: 7
            precision: bfloat16
            model:
              new: {vocabulary: vocab.txt, lower_case: no, layers: 3, hidden_size: 96, heads: 6, intermediate_size: 200, max_positions: 40}
              max_tokens: 32
              pooling: cls
              normalize: true
              dropout: 0.25
              freeze: [embeddings, "*.LayerNorm"]
              freeze_layers: 1
            data: {train: [train.jsonl, test.jsonl], columns: text, label: class, limit: 50}
            loss: {kind: batch-hard, distance: cosine, margin: 0.2, mean: valid}
            sampler: {kind: labels, classes_per_batch: 8, rows_per_class: 2, drop_last: yes}
            batch: {rows: 16, shards: 4, tokens_per_micro_batch: 512, gradient_cache: on}
            optimizer: {epochs: 3, max_steps: 9, learning_rate: 1e-3, beta1: 0.8, beta2: 0.9, epsilon: 1.0e-6, weight_decay: 0, clip_norm: none, rates: [{pattern: encoder.layer.0, factor: 0.5}, {pattern: "*.bias", weight_decay: 0.1}]}
            schedule: {kind: cosine, warmup_ratio: 0.5, warmup_steps: 2}
            evaluation: {queries: test.jsonl, query_column: q, query_id: qid, corpus: corpus.jsonl, corpus_column: t, corpus_id: cid, relevance: qrels.tsv, every_steps: 5}
            watch: {every_steps: 5, alarms: stop, patience: 2, collapse_cosine: 0.9, explosion_factor: 4}
            output: {folder: /somewhere/else}
            checkpoint: {every_steps: 3, keep: 1}
            workers: {count: 4, threads: 2, device: cpu}
            """);

        Assert.Equal((7, Precision.BFloat16), (job.Seed, job.Precision));
        Assert.Equal(new NewModelOptions
        {
            Vocabulary = _folder.File("vocab.txt"), LowerCase = false, Layers = 3, HiddenSize = 96, Heads = 6, IntermediateSize = 200, MaxPositions = 40,
        }, job.Model.New);
        Assert.Equal((32, PoolingMode.Cls, true, 0.25), (job.Model.MaxTokens, job.Model.Pooling, job.Model.Normalize, job.Model.Dropout));
        Assert.Equal(["embeddings", "*.LayerNorm"], job.Model.Freeze);
        Assert.Equal(1, job.Model.FreezeLayers);
        Assert.Equal([_folder.File("train.jsonl"), _folder.File("test.jsonl")], job.Datasets[0].Data.Train);
        Assert.Equal(["text"], job.Datasets[0].Data.Columns);
        Assert.Equal(("class", 50), (job.Datasets[0].Data.Label, job.Datasets[0].Data.Limit));
        Assert.Equal(new MinedTripletLossOptions { Distance = Distance.Cosine, Margin = 0.2, Mean = TripletMean.ValidAnchors }, job.Datasets[0].Loss);
        Assert.Equal(new SamplerOptions { Kind = SamplerKind.Labels, ClassesPerBatch = 8, RowsPerClass = 2, DropLast = true }, job.Datasets[0].Sampler);
        Assert.Equal(new BatchOptions { Rows = 16, Shards = 4, TokensPerMicroBatch = 512, GradientCache = GradientCacheMode.On }, job.Batch);
        Assert.Equal(new OptimizerOptions
        {
            Epochs = 3, MaxSteps = 9, LearningRate = 1e-3, Beta1 = 0.8, Beta2 = 0.9, Epsilon = 1e-6, WeightDecay = 0, ClipNorm = null, Rates = job.Optimizer.Rates,
        }, job.Optimizer);
        Assert.Equal(
            [new RateOptions { Pattern = "encoder.layer.0", Factor = 0.5 }, new RateOptions { Pattern = "*.bias", WeightDecay = 0.1 }], job.Optimizer.Rates);
        Assert.Equal(new ScheduleOptions { Kind = ScheduleKind.Cosine, WarmupRatio = 0.5, WarmupSteps = 2 }, job.Schedule);
        Assert.Equal(new EvaluationOptions
        {
            Queries = _folder.File("test.jsonl"), QueryColumn = "q", QueryId = "qid", Corpus = _folder.File("corpus.jsonl"), CorpusColumn = "t",
            CorpusId = "cid", Relevance = _folder.File("qrels.tsv"), EverySteps = 5,
        }, job.Evaluation);
        Assert.Equal(
            new WatchOptions { EverySteps = 5, Alarms = AlarmResponse.Stop, Patience = 2, CollapseCosine = 0.9, ExplosionFactor = 4 }, job.Watch);
        Assert.Equal("/somewhere/else", job.Output.Folder);
        Assert.Equal(new CheckpointOptions { EverySteps = 3, Keep = 1 }, job.Checkpoint);
        Assert.Equal(new WorkerOptions { Count = 4, Threads = 2, Device = DeviceKind.Cpu }, job.Workers);
    }

    [Theory]
    [InlineData("mean", PoolingMode.Mean)]
    [InlineData("cls", PoolingMode.Cls)]
    [InlineData("max", PoolingMode.Max)]
    [InlineData("mean_sqrt_len_tokens", PoolingMode.MeanSqrtLength)]
    [InlineData("weightedmean", PoolingMode.WeightedMean)]
    [InlineData("lasttoken", PoolingMode.LastToken)]
    public void Load_EveryPooling_IsRead(string word, PoolingMode pooling) =>
        Assert.Equal(pooling, _folder.Load(JobFolder.Minimal.Replace("vocab.txt}", $"vocab.txt}}\n  pooling: {word}", StringComparison.Ordinal)).Model.Pooling);

    [Fact]
    public void Load_Adapters_AreRead()
    {
        var lora = _folder.Load(OnFolder("  lora: {rank: 4, alpha: 16, dropout: 0.1, targets: [query, \"*.dense\"], use_rslora: yes}\n")).Model.Lora!;
        var defaults = _folder.Load(OnFolder("  lora: {}\n"));
        var going = _folder.Load(OnFolder("  adapter: .\n").Replace("runs/a}", "runs/a, lora: adapter}", StringComparison.Ordinal));

        Assert.Equal(new LoraOptions { Rank = 4, Alpha = 16, Dropout = 0.1, UseRslora = true, Targets = lora.Targets }, lora);
        Assert.Equal(["query", "*.dense"], lora.Targets);
        Assert.Equal((new LoraOptions(), AdapterOutput.Merged), (defaults.Model.Lora, defaults.Output.Lora));
        Assert.Equal((Path.GetDirectoryName(_folder.File("job.yaml")), AdapterOutput.Adapter), (going.Model.Adapter, going.Output.Lora));
        var ofTheHub = _folder.Load(OnFolder("  adapter: .\n").Replace("folder: .\n", "hub: org/name\n", StringComparison.Ordinal).Replace("runs/a}", "runs/a, lora: adapter}", StringComparison.Ordinal));
        Assert.Equal(("org/name", going.Model.Adapter, AdapterOutput.Adapter), (ofTheHub.Model.Hub, ofTheHub.Model.Adapter, ofTheHub.Output.Lora));
    }

    [Fact]
    public void Load_EmptyValuesOfOptionalKeys_AreDefaults()
    {
        var job = _folder.Load(JobFolder.Minimal + "seed:\nloss:\nevaluation: ~\noptimizer: {max_steps: null}\n");

        Assert.Equal((12, new RankingLossOptions(), null, null), (job.Seed, job.Datasets[0].Loss, job.Evaluation, job.Optimizer.MaxSteps));
    }

    [Fact]
    public void Load_ByteOrderMark_IsPassedOver() => Assert.NotNull(_folder.Load("\uFEFF" + JobFolder.Minimal));

    [Theory]
    [InlineData("jobs/wordnet.yaml", "mnrl")]
    [InlineData("jobs/wordnet-classes.yaml", "batch-semi-hard")]
    public void Load_JobsOfTheRepository_HaveNoMistake(string path, string loss) =>
        Assert.Equal(loss, JobFile.Load(RepositoryFiles.Path(path)).Datasets[0].Loss.Kind);

    [Fact]
    public void Template_AsItIs_IsTheMinimalJob()
    {
        var job = _folder.Load(JobFile.Template);
        var minimal = _folder.Load(JobFolder.Minimal);

        Assert.Equal(JobHash.Of(minimal), JobHash.Of(job));
    }

    [Fact]
    public void Template_CommentedDefaults_AreTheDefaults()
    {
        // Keys without a default, and those that exclude another, stay comments.
        string[] examples = ["folder: models", "hub:", "freeze_layers:", "adapter: adapters", "label:", "# score:", "mask_margin:", "guide:", "sum:", "assembly:", "type:", "mixing:", "activation_memory_mb:", "limit:", "max_steps:", "warmup_steps:", "every_steps: 500", "query_id:", "dropout:", "normalize:",
            "max_tokens:", "pooling:", "distance:", "margin:", "soft_margin:", "mean:", "classes_per_batch:", "rows_per_class:"];
        var lines = JobFile.Template.Split('\n').Select(line => IsKey(line) && !examples.Any(line.Contains) ? Uncomment(line) : line);

        var job = _folder.Load(string.Join('\n', lines));

        Assert.Equal(JobHash.Of(_folder.Load(JobFolder.Minimal)), JobHash.Of(job));
    }

    [Fact]
    public void Template_EveryOption_IsExplained()
    {
        Type[] options = [typeof(Job), typeof(ModelOptions), typeof(NewModelOptions), typeof(LoraOptions), typeof(RateOptions), typeof(DatasetOptions), typeof(DataOptions), typeof(SamplerOptions),
            typeof(BatchOptions), typeof(OptimizerOptions), typeof(ScheduleOptions), typeof(EvaluationOptions), typeof(WatchOptions), typeof(OutputOptions),
            typeof(CheckpointOptions), typeof(WorkerOptions), typeof(MatryoshkaOptions), typeof(MemoryOptions), .. LossFamilies];

        var missing = options.SelectMany(type => type.GetProperties()).Select(property => KeyOf(property.Name)).Distinct()
            .Where(key => !Regex.IsMatch(JobFile.Template, $"^[ #]*{key}:", RegexOptions.Multiline));

        Assert.Empty(missing);
    }

    /// <summary>Every kind that a job file may name stands in the template, and is read.</summary>
    [Fact]
    public void Template_EveryKindOfLoss_IsExplained()
    {
        var kinds = _folder.Mistakes(JobFolder.Minimal + "loss: {kind: none}")[0].Split("expected ")[1].Split(", found")[0].Split(" or ");

        Assert.Equal(13, kinds.Length);
        Assert.All(kinds, kind => Assert.Matches($@"(^|[^a-z-]){kind}([^a-z-]|$)", JobFile.Template));
    }

    private static string OnFolder(string lines) => JobFolder.Minimal.Replace("  new: {vocabulary: vocab.txt}\n", "  folder: .\n" + lines, StringComparison.Ordinal);

    private static IEnumerable<Type> LossFamilies =>
        typeof(LossOptions).GetCustomAttributes(typeof(JsonDerivedTypeAttribute), inherit: false).Cast<JsonDerivedTypeAttribute>().Select(family => family.DerivedType);

    private static string KeyOf(string property) => property switch
    {
        nameof(MinedTripletLossOptions.Mining) or nameof(ContrastiveLossOptions.Online) or nameof(ScoreLossOptions.Objective) or nameof(LossOptions.Input) => "kind",
        nameof(RankingLossOptions.ScoreMask) => "mask_by_score",
        nameof(RankingLossOptions.ScoreMaskMargin) => "mask_margin",
        nameof(RankingLossOptions.CrossBatchMemory) => "memory",
        _ => JsonNamingPolicy.SnakeCaseLower.ConvertName(property),
    };

    private static bool IsKey(string line) =>
        Regex.IsMatch(line, @"^ *# [a-z0-9_]+: \S+$|^ *# columns: \[anchor, positive\]$");

    private static string Uncomment(string line) => line.Remove(line.IndexOf("# ", StringComparison.Ordinal), 2);
}
