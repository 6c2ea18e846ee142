using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Training.Evaluation;

namespace Distributed.Training.Tests.Evaluation;

public sealed class ModelCardTests
{
    private static readonly ModelCardFacts Facts = new()
    {
        Name = "wordnet",
        Job = new Job
        {
            Model = new ModelOptions { New = new NewModelOptions { Vocabulary = "/somewhere/vocab.txt" } },
            Datasets = [new DatasetOptions { Data = new DataOptions { Train = ["/somewhere/usage-train.jsonl.gz"], Columns = ["anchor", "positive", "negative"] } }],
            Evaluation = new EvaluationOptions { Queries = "/somewhere/usage-test.jsonl.gz", Corpus = "/somewhere/corpus.jsonl.gz", Relevance = "/somewhere/qrels.tsv" },
            Output = new OutputOptions { Folder = "/somewhere/runs/wordnet" },
        },
        Dim = 256,
        MaxTokens = 64,
        Poolings = [PoolingMode.Mean],
        Normalize = false,
        Parameters = 4_758_016,
        TrainingRows = 38_184,
        Steps = 300,
        Scores = [new ModelCardScores(0, new RetrievalScores(0.01, 0.02, 0.03, 0.04)), new ModelCardScores(300, new RetrievalScores(0.5567, 0.51, 0.4, 0.77))],
    };

    [Fact]
    public void Render_NewModel_OpensWithFrontMatterOfAHub()
    {
        var card = ModelCard.Render(Facts);

        Assert.StartsWith("---\nlibrary_name: sentence-transformers\npipeline_tag: sentence-similarity\ntags:\n- sentence-transformers\n", card, StringComparison.Ordinal);
        Assert.Contains("\n---\n\n# wordnet\n", card, StringComparison.Ordinal);
        Assert.DoesNotContain("base_model", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_TunedModel_NamesItsBase()
    {
        var job = Facts.Job with { Model = new ModelOptions { Folder = "/models/all-MiniLM-L6-v2/" } };

        var card = ModelCard.Render(Facts with { Job = job });

        Assert.Contains("\nbase_model: \"all-MiniLM-L6-v2\"\n", card, StringComparison.Ordinal);
        Assert.Contains("Fine-tuned from `all-MiniLM-L6-v2`.", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Scores_AreATableBeforeAndAfter()
    {
        var card = ModelCard.Render(Facts);

        Assert.Contains("| 0 | 0.0100 | 0.0200 | 0.0300 | 0.0400 |\n| 300 | 0.5567 | 0.5100 | 0.4000 | 0.7700 |\n", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_ChoiceOfParameters_IsTold()
    {
        var job = Facts.Job with
        {
            Model = Facts.Job.Model with { Freeze = ["*.bias"], FreezeLayers = 2 },
            Optimizer = new OptimizerOptions { Rates = [new RateOptions { Pattern = "encoder", Factor = 0.5, WeightDecay = 0 }] },
        };
        var lora = Facts.Job with { Model = Facts.Job.Model with { Lora = new LoraOptions() } };

        Assert.Contains("| trained | all weights |", ModelCard.Render(Facts), StringComparison.Ordinal);
        Assert.Contains(
            "| trained | 1,000 weights; frozen: `*.bias`, embeddings and the first 2 layers; `encoder`: learning rate × 0.5, weight decay 0 |",
            ModelCard.Render(Facts with { Job = job, TrainedParameters = 1000 }), StringComparison.Ordinal);
        Assert.Contains(
            "| trained | LoRA adapters of rank 8, alpha 8, dropout 0: 2,000 weights |",
            ModelCard.Render(Facts with { Job = lora, TrainedParameters = 2000 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_AdapterAlone_TellsToMergeIt()
    {
        var card = ModelCard.Render(Facts with { Job = Facts.Job with { Output = Facts.Job.Output with { Lora = AdapterOutput.Adapter } } });

        Assert.Contains("```sh\ndistributed merge --model path/to/base/model --adapter path/to/this/folder --output merged\ndistributed encode --model merged", card, StringComparison.Ordinal);
        Assert.Contains("```sh\ndistributed encode --model path/to/this/folder --text \"a first text\"\ndistributed encode", ModelCard.Render(Facts), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Prompts_AreNamed()
    {
        var data = Facts.Job.Datasets[0].Data with
        {
            Prompts = ImmutableSortedDictionary<string, PromptOptions>.Empty.Add("anchor", new PromptOptions { Text = "query: " }).Add("positive", new PromptOptions { Name = "document" }),
        };

        var card = ModelCard.Render(Facts with
        {
            Job = Facts.Job with { Datasets = [Facts.Job.Datasets[0] with { Data = data }] }, Prompts = [KeyValuePair.Create("query", "Instruct: find|look\nQuery: ")],
            Poolings = [PoolingMode.Cls, PoolingMode.WeightedMean],
        });

        Assert.Contains("| prompts | query `Instruct: find\\|look↵Query: ` |\n", card, StringComparison.Ordinal);
        Assert.Contains("| prompts | anchor `query: `, positive the model's document |\n", card, StringComparison.Ordinal);
        Assert.Contains("256 dimensions, cls + weighted mean pooling", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Paths_AreNamesOnly() => Assert.DoesNotContain("/somewhere", ModelCard.Render(Facts), StringComparison.Ordinal);

    [Fact]
    public void Render_SameFactsWithMoreWorkers_IsTheSameText()
    {
        var job = Facts.Job with { Workers = new WorkerOptions { Count = 7 } };

        Assert.Equal(ModelCard.Render(Facts), ModelCard.Render(Facts with { Job = job }));
    }

    [Fact]
    public void Render_LabelledTriplets_TellLossAndBatch()
    {
        var job = Facts.Job with
        {
            Datasets =
            [
                Facts.Job.Datasets[0] with
                {
                    Loss = new MinedTripletLossOptions { Margin = 0.5 },
                    Sampler = new SamplerOptions { Kind = SamplerKind.Labels, ClassesPerBatch = 16, RowsPerClass = 4 },
                },
            ],
        };

        var card = ModelCard.Render(Facts with { Job = job });

        Assert.Contains("| loss | batch-hard triplet, euclidean distance, margin 0.5 |", card, StringComparison.Ordinal);
        Assert.Contains("| batch | 16 classes × 4 rows |", card, StringComparison.Ordinal);
        Assert.Contains("- loss:BatchHardTripletLoss\n", card, StringComparison.Ordinal);
    }
}
