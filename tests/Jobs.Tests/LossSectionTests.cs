using Distributed.Jobs.Losses;

namespace Distributed.Jobs.Tests;

public sealed class LossSectionTests : IDisposable
{
    private const string Pairs = "train: train.jsonl";
    private const string Triplets = "train: train.jsonl\n  columns: [a, p, n]";
    private const string Scored = "train: train.jsonl\n  score: similarity";
    private const string Labelled = "train: train.jsonl\n  columns: text\n  label: class";

    private readonly JobFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>By kind: what data it needs, its keys, and the options that they give.</summary>
    public static TheoryData<string, string, LossOptions> Kinds => new()
    {
        { Pairs, "{}", new RankingLossOptions() },
        { Pairs, "{kind: mnrl}", new RankingLossOptions() },
        {
            Pairs,
            "{kind: mnrl, scale: 30, learn_scale: yes, similarity: dot, directions: [query-document, query-query, document-document], partition: joint, "
            + "hardness: in-batch, hardness_strength: 2, mask_false_negatives: no, mask_by_score: relative, mask_margin: -0.1}",
            new RankingLossOptions
            {
                Scale = 30, LearnScale = true, Similarity = Similarity.Dot,
                Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.DocumentToDocument,
                Hardness = HardnessMode.InBatch, HardnessStrength = 2, MaskFalseNegatives = false, ScoreMask = ScoreMask.Relative, ScoreMaskMargin = -0.1,
            }
        },
        {
            Pairs, "{kind: mnrl, memory: {rows: 512, from_step: 3}}",
            new RankingLossOptions { CrossBatchMemory = new MemoryOptions { Rows = 512, FromStep = 3 } }
        },
        { Pairs, "{memory: {}}", new RankingLossOptions { CrossBatchMemory = new MemoryOptions { Rows = 4096, FromStep = 100 } } },
        {
            Pairs, "{kind: symmetric-mnrl, hardness: all, hardness_strength: 1}",
            new RankingLossOptions
            {
                Directions = RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery, Partition = SoftmaxPartition.PerDirection,
                Hardness = HardnessMode.All, HardnessStrength = 1,
            }
        },
        { Labelled, "{kind: batch-hard, soft_margin: yes, memory: {rows: 9}}", new MinedTripletLossOptions { SoftMargin = true, CrossBatchMemory = new MemoryOptions { Rows = 9 } } },
        {
            Labelled, "{kind: batch-all, distance: squared-euclidean, margin: 2, mean: valid, normalize: yes}",
            new MinedTripletLossOptions
            {
                Mining = TripletMining.BatchAll, Distance = Distance.SquaredEuclidean, Margin = 2, Mean = TripletMean.ValidAnchors, Normalize = true,
            }
        },
        { Labelled, "{kind: batch-semi-hard, distance: cosine}", new MinedTripletLossOptions { Mining = TripletMining.BatchSemiHard, Distance = Distance.Cosine } },
        { Triplets, "{kind: triplet}", new TripletLossOptions() },
        { Triplets, "{kind: triplet, distance: manhattan, margin: 0}", new TripletLossOptions { Distance = Distance.Manhattan, Margin = 0 } },
        { Triplets, "{kind: triplet, normalize: yes}", new TripletLossOptions { Normalize = true } },
        {
            Pairs, "{memory: {rows: 4}, mask_by_score: relative, directions: [query-document, query-query]}",
            new RankingLossOptions
            {
                CrossBatchMemory = new MemoryOptions { Rows = 4 }, ScoreMask = ScoreMask.Relative, Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery,
            }
        },
        { Scored, "{kind: contrastive}", new ContrastiveLossOptions() },
        { Scored, "{kind: contrastive, distance: euclidean, margin: 1, sum: yes}", new ContrastiveLossOptions { Distance = Distance.Euclidean, Margin = 1, Sum = true } },
        { Scored, "{kind: online-contrastive, distance: manhattan}", new ContrastiveLossOptions { Online = true, Distance = Distance.Manhattan } },
        { Scored, "{kind: cosine-similarity}", new ScoreLossOptions() },
        { Scored, "{kind: cosent, scale: 10}", new ScoreLossOptions { Objective = ScoreObjective.CoSent, Scale = 10 } },
        { Scored, "{kind: angle}", new ScoreLossOptions { Objective = ScoreObjective.AnglE } },
    };

    [Theory, MemberData(nameof(Kinds))]
    public void Load_KindWithItsKeys_IsRead(string data, string loss, LossOptions expected)
    {
        var read = Load(data, loss);

        Assert.Equal(expected, read);
        Assert.Equal(expected.Kind, read.Kind);
    }

    [Fact]
    public void Load_Gist_HasTheDefaultsOfItsPaperAndTheFolderOfItsGuide()
    {
        Directory.CreateDirectory(_folder.File("guide"));

        var gist = Load(Pairs, "{kind: gist, guide: guide}");

        Assert.Equal("gist", gist.Kind);
        Assert.Equal(new RankingLossOptions
        {
            Scale = 100,
            Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.PositiveToPositive,
            ScoreMask = ScoreMask.Absolute,
            Guide = _folder.File("guide"),
        }, gist);
    }

    [Fact]
    public void Load_MemoryWithMatryoshka_IsRead()
    {
        var loss = Load(Labelled, "{kind: batch-hard, memory: {rows: 4}, matryoshka: {dims: [8]}}");

        Assert.Equal((4, 8), (loss.Memory!.Rows, Assert.Single(loss.Matryoshka!.Dims)));
    }

    [Fact]
    public void Load_Custom_HasItsAssemblyTypeAndSettings()
    {
        File.WriteAllText(_folder.File("mine.dll"), "");

        var custom = Assert.IsType<CustomLossOptions>(Load(Pairs, "{kind: custom, assembly: mine.dll, type: Mine.Loss, settings: {b: 2, a: 0.5}}"));

        Assert.Equal((_folder.File("mine.dll"), "Mine.Loss"), (custom.Assembly, custom.Type));
        Assert.Equal<IEnumerable<KeyValuePair<string, double>>>([new("a", 0.5), new("b", 2)], custom.Settings);
    }

    [Theory]
    [InlineData(Pairs, "{matryoshka: {dims: [64, 32], weights: [1, 0.5]}}", new[] { 64, 32 }, new[] { 1, 0.5 })]
    [InlineData(Labelled, "{kind: batch-hard, matryoshka: {dims: 128}}", new[] { 128 }, new double[0])]
    [InlineData(Scored, "{kind: cosent, matryoshka: {dims: [256]}}", new[] { 256 }, new double[0])]
    public void Load_Matryoshka_GoesWithAnyKind(string data, string loss, int[] dims, double[] weights)
    {
        var matryoshka = Load(data, loss).Matryoshka!;

        Assert.Equal(dims, matryoshka.Dims);
        Assert.Equal(weights, matryoshka.Weights);
    }

    /// <summary>A key of another kind is an error, never passed over.</summary>
    [Theory]
    [InlineData(Pairs, "mnrl", "distance: cosine", "distance")]
    [InlineData(Pairs, "mnrl", "margin: 1", "margin")]
    [InlineData(Pairs, "mnrl", "guide: .", "guide")]
    [InlineData(Pairs, "symmetric-mnrl", "sum: yes", "sum")]
    [InlineData(Labelled, "batch-hard", "mask_false_negatives: yes", "mask_false_negatives")]
    [InlineData(Labelled, "batch-all", "soft_margin: yes", "soft_margin")]
    [InlineData(Labelled, "batch-all", "memory: {rows: 4}", "memory")]
    [InlineData(Labelled, "batch-semi-hard", "soft_margin: yes", "soft_margin")]
    [InlineData(Triplets, "triplet", "mean: valid", "mean")]
    [InlineData(Triplets, "triplet", "scale: 1", "scale")]
    [InlineData(Scored, "contrastive", "scale: 1", "scale")]
    [InlineData(Scored, "online-contrastive", "sum: yes", "sum")]
    [InlineData(Scored, "cosine-similarity", "scale: 1", "scale")]
    [InlineData(Scored, "cosent", "margin: 1", "margin")]
    [InlineData(Scored, "angle", "similarity: dot", "similarity")]
    [InlineData(Scored, "angle", "settings: {a: 1}", "settings")]
    public void Load_KeyOfAnotherKind_IsRefused(string data, string kind, string extra, string key) =>
        Assert.Contains($"loss.{key} has no meaning for loss.kind {kind}", Assert.Single(Mistakes(data, $"{{kind: {kind}, {extra}}}")), StringComparison.Ordinal);

    [Theory]
    [InlineData(Pairs, "{sacle: 3}", "unknown key 'loss.sacle'; did you mean 'scale'?")]
    [InlineData(Pairs, "{kind: gist}", "loss.guide: is missing")]
    [InlineData(Pairs, "{kind: custom}", "loss.assembly: is missing|loss.type: is missing")]
    [InlineData(Pairs, "{directions: query-query}", "loss.directions lacks query-document, which holds the pair that shall come first")]
    [InlineData(Pairs, "{directions: [query-document, sideways]}",
        "loss.directions: expected some of query-document, query-query, document-query, document-document, positive-positive, found 'sideways'")]
    [InlineData(Pairs, "{partition: per-direction, directions: [query-document, query-query]}",
        "loss.partition per-direction goes with query-document and document-query only: the other directions hold negatives alone")]
    [InlineData(Pairs, "{hardness: hard}", "loss.hardness and loss.hardness_strength go together")]
    [InlineData(Pairs, "{hardness_strength: 1}", "loss.hardness and loss.hardness_strength go together")]
    [InlineData(Pairs, "{mask_margin: 0.1}", "loss.mask_margin has a meaning with loss.mask_by_score only")]
    [InlineData(Pairs, "{memory: {rows: 0}}", "loss.memory.rows: expected a whole number from 1 to 1048576, found '0'")]
    [InlineData(Pairs, "{kind: gist, guide: ., memory: {}}", "loss.memory does not go with loss.guide: of past steps the guide's embeddings are not kept")]
    [InlineData(Pairs, "{matryoshka: {}}", "loss.matryoshka.dims: is missing")]
    [InlineData(Pairs, "{matryoshka: {dims: []}}", "loss.matryoshka.dims: expected a number or a list of numbers, found an empty list")]
    [InlineData(Pairs, "{matryoshka: {dims: [8, 1.5]}}", "loss.matryoshka.dims: expected a number that is whole and at least 1, found '1.5'")]
    [InlineData(Pairs, "{matryoshka: {dims: [8, 8]}}", "loss.matryoshka.dims has a dimension twice")]
    [InlineData(Pairs, "{matryoshka: {dims: [8, 4], weights: [1]}}", "loss.matryoshka has 2 dims and 1 weights")]
    [InlineData(Pairs, "{matryoshka: {dims: 512}}", "loss.matryoshka.dims has a dimension above the model's, 256")]
    [InlineData(Labelled, "{kind: batch-hard, normalize: yes, distance: cosine}", "loss.normalize has no meaning with distance cosine, which normalises anyway")]
    [InlineData(Triplets, "{kind: triplet, normalize: yes, distance: cosine}", "loss.normalize has no meaning with distance cosine, which normalises anyway")]
    [InlineData(Labelled, "{kind: batch-hard, distance: manhattan}", "loss.distance: expected euclidean or squared-euclidean or cosine, found 'manhattan'")]
    [InlineData(Triplets, "{kind: triplet, distance: squared-euclidean}", "loss.distance: expected euclidean or manhattan or cosine, found 'squared-euclidean'")]
    [InlineData(Pairs, "{kind: triplet}", "loss.kind triplet takes three text columns, anchor, positive and negative, data.columns has 2")]
    [InlineData(Triplets, "{kind: cosent}",
        "loss.kind cosent takes two text columns, data.columns has 3|loss.kind cosent needs data.score, the column with the similarity of each pair")]
    [InlineData(Pairs, "{kind: contrastive}", "loss.kind contrastive needs data.score, the column with the similarity of each pair")]
    [InlineData(Scored, "{kind: mnrl}", "data.score has no meaning for loss.kind mnrl")]
    [InlineData("train: train.jsonl\n  score: anchor", "{kind: angle}", "data.score names 'anchor', which is another column too")]
    public void Load_LossThatCannotBe_SaysWhy(string data, string loss, string messages) =>
        Assert.Equal(messages.Split('|').Order(StringComparer.Ordinal), Mistakes(data, loss).Select(mistake => mistake[(mistake.IndexOf(':', StringComparison.Ordinal) + 2)..]).Order(StringComparer.Ordinal));

    private LossOptions Load(string data, string loss) => _folder.Load(Yaml(data, loss)).Datasets[0].Loss;

    private string[] Mistakes(string data, string loss) => _folder.Mistakes(Yaml(data, loss));

    private static string Yaml(string data, string loss) => JobFolder.Minimal.Replace(Pairs, data, StringComparison.Ordinal) + $"loss: {loss}\n";
}
