using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Collectives;
using Distributed.Training.Models;
using Distributed.Training.Steps;
using Distributed.Training.Tests.Models;

namespace Distributed.Training.Tests.Steps;

/// <summary>Prompts in training, with the model of the golden data that leaves them out of its pooling.</summary>
public sealed class StepPromptTests : IDisposable
{
    private const double Tolerance = 1e-5; // float32 against double

    private readonly FamilyReference _reference = new("bert-variants/prompts");
    private readonly TemporaryFolder _folder = new();
    private readonly JsonElement _train;

    public StepPromptTests()
    {
        _train = _reference.Json.GetProperty("train");
        var rows = _train.GetProperty("pairs").EnumerateArray().Select(pair => JsonSerializer.Serialize(new { anchor = pair[0].GetString(), positive = pair[1].GetString() }));
        File.WriteAllLines(_folder.PathOf("pairs.jsonl"), rows);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ComputeStepAsync_PromptsOfTheGoldenStep_GivesThePeersLoss()
    {
        var job = JobWith(new() { Text = "query: " }, new() { Name = "document" });

        Assert.Equal(_train.GetProperty("loss_f64").GetDouble(), await LossAsync(job), Tolerance);
        Assert.NotEqual(_train.GetProperty("loss_f64").GetDouble(), await LossAsync(JobWith(anchor: null, positive: null)), 1e-3);
    }

    [Fact]
    public void Build_PromptsOfColumns_StandInFrontAndAreNotPooled()
    {
        var job = JobWith(new() { Name = "query" }, positive: null);
        using var model = EmbeddingModel.Load(_reference.Folder);

        var (tokens, excluded) = Texts(job, model, GuideModels.None, shard => shard.MicroBatches);

        Assert.Contains("query: the plane lost altitude", tokens.Keys);
        Assert.All(tokens, text => Assert.Equal(model.Tokenize(text.Key), text.Value));
        Assert.Equal(8, tokens.Keys.Count(text => text.StartsWith("query: ", StringComparison.Ordinal)));
        Assert.All(excluded, text => Assert.Equal(text.Key.StartsWith("query: ", StringComparison.Ordinal) ? 5 : 0, text.Value));
    }

    [Fact]
    public void Build_Guide_ReadsItsOwnPromptOfTheNameAndTheSameTexts()
    {
        var guide = _folder.Copy(_reference.Folder, "guide");
        var settings = Path.Combine(guide, "config_sentence_transformers.json");
        File.WriteAllText(settings, File.ReadAllText(settings).Replace("\"query: \"", "\"find: \"", StringComparison.Ordinal));
        var loss = new RankingLossOptions { Guide = guide, ScoreMask = ScoreMask.Absolute };
        var job = JobWith(new() { Name = "query" }, new() { Text = "passage: " });
        job = job with { Datasets = [job.Datasets[0] with { Loss = loss }] };
        using var model = EmbeddingModel.Load(_reference.Folder);
        using var guides = GuideModels.Load(job);

        var (tokens, _) = Texts(job, model, guides, shard => shard.GuideMicroBatches);

        Assert.Contains("find: the plane lost altitude", tokens.Keys);
        Assert.Contains("passage: altitude: elevation above sea level", tokens.Keys);
        Assert.DoesNotContain(tokens.Keys, text => text.StartsWith("query: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Trainer_PromptThatTheModelLacks_NamesThoseItHas()
    {
        var job = JobWith(new() { Name = "clustering" }, positive: null);
        using var model = EmbeddingModel.Load(_reference.Folder);
        var set = TrainingSetReader.Read(job.Datasets);

        var refusal = Assert.Throws<ModelFormatException>(() => new Trainer(job, model, set, new BatchPlanner(set, job), TimeProvider.System));

        Assert.Equal("no prompt has the name 'clustering'; the names are document, query", refusal.Reason);
    }

    private Job JobWith(PromptOptions? anchor, PromptOptions? positive)
    {
        var prompts = ImmutableSortedDictionary<string, PromptOptions>.Empty;
        prompts = anchor is null ? prompts : prompts.Add("anchor", anchor);
        prompts = positive is null ? prompts : prompts.Add("positive", positive);
        return new Job
        {
            Model = new ModelOptions { Folder = _reference.Folder },
            Datasets = [new DatasetOptions { Data = new DataOptions { Train = [_folder.PathOf("pairs.jsonl")], Prompts = prompts } }],
            Batch = new BatchOptions { Rows = 8, Shards = 3 },
            Output = new OutputOptions { Folder = "" },
        };
    }

    private static async Task<double> LossAsync(Job job)
    {
        var set = TrainingSetReader.Read(job.Datasets);
        var plans = new BatchPlanner(set, job);
        using var model = EmbeddingModel.Load(job.Model.Folder!);
        using var trainer = new Trainer(job, model, set, plans, TimeProvider.System);
        return (await trainer.ComputeStepAsync(plans.Plan(0), LoopbackCollectives.Create(1, [new ShardRun(0, 3)])[0], TestContext.Current.CancellationToken)).Loss;
    }

    // By text with its prompt: its tokens, and how many of them are not pooled.
    private static (Dictionary<string, int[]> Tokens, Dictionary<string, int> Excluded) Texts(
        Job job, EmbeddingModel model, GuideModels guides, Func<ShardInput, ImmutableArray<MicroBatchInput>> microBatchesOf)
    {
        var set = TrainingSetReader.Read(job.Datasets);
        var plan = new BatchPlanner(set, job).Plan(0);
        var columns = ColumnPrompts.Of(job, set, model, guides);
        var prompts = guides.Of(job.Datasets[0].Loss) is null ? columns[0].OfModel : columns[0].OfGuide;
        var input = new StepInputBuilder(set, columns, model, [guides.Of(job.Datasets[0].Loss)], tokensPerMicroBatch: 100).Build(plan, new ShardRun(0, 3));
        var (tokens, excluded) = (new Dictionary<string, int[]>(), new Dictionary<string, int>());
        foreach (var shard in input.Shards)
        {
            foreach (var microBatch in microBatchesOf(shard))
            {
                var start = 0;
                var first = microBatch.Tokens.FirstPooled().SelectMany(group => group).ToArray();
                var lengths = microBatch.Tokens.Groups.SelectMany(group => Enumerable.Repeat(group.Length, group.Texts)).ToArray();
                foreach (var (text, slot) in microBatch.Slots.Index())
                {
                    var (row, column) = (set.Rows[plan.Rows[shard.Rows.Start + (int)(slot / 2)]], (int)(slot % 2));
                    tokens[prompts[column].Text + row.Texts[column]] = microBatch.Tokens.TokenIds[start..(start + lengths[text])];
                    excluded[prompts[column].Text + row.Texts[column]] = first[text];
                    start += lengths[text];
                }
            }
        }

        return (tokens, excluded);
    }
}
