using System.Collections.Concurrent;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using Distributed.Training.Steps;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Steps;

public sealed class GuideTests
{
    private const double Tolerance = 1e-6; // the guide embeds a text alone here, among others there

    private static readonly string Folder = ReferenceData.PathOf("encoder", "mini-mean");

    private static readonly Job Job = TrainerJobs.Pairs with
    {
        Datasets = [TrainerJobs.Pairs.Datasets[0] with { Loss = new RankingLossOptions { Guide = Folder, ScoreMask = ScoreMask.Absolute } }],
    };

    [Fact]
    public async Task Step_LossWithAGuide_GetsTheGuidesEmbeddingsOfEveryText()
    {
        var loss = new GuidedLoss();
        using var ranks = new TrainerRanks(Job, [3, 4], _ => loss);

        await ranks.StepAsync(TestContext.Current.CancellationToken);

        var (set, rows) = (TrainingSetReader.Read(Job.Datasets), ranks.Plans.Plan(0).Rows);
        using var guide = EmbeddingModel.Load(Folder);
        foreach (var columns in loss.Guides)
        {
            Assert.Equal(3, columns.Length);
            for (var row = 0; row < rows.Length; row++)
                for (var column = 0; column < 3; column++)
                    AssertNear(Embed(guide, set.Rows[rows[row]].Texts[column]), columns[column][row]);
        }
    }

    [Fact]
    public async Task Step_AnyRanks_SameBits() =>
        await BitHistory.AssertSameForAnyRanksAsync(Job, steps: 2, _ => new GuidedLoss(), [4, 3], [1, 6], [2, 2, 2, 1]);

    [Fact]
    public async Task Step_GuidedRankingOverAnyRanks_SameBits() => await BitHistory.AssertSameForAnyRanksAsync(Job, steps: 2, EmbeddingLoss.Create, [4, 3], [2, 2, 2, 1]);

    [Fact]
    public async Task Step_Guide_IsNotTrainedAndChangesNothingByItself()
    {
        var plain = await BitHistory.OfAsync(TrainerJobs.Pairs, [7], steps: 2, _ => new MemoryDistanceLoss());
        var beside = await BitHistory.OfAsync(Job, [7], steps: 2, _ => new MemoryDistanceLoss());

        Assert.Equal(plain, beside);
    }

    [Fact]
    public void Load_FolderThatIsNoModel_SaysSo()
    {
        using var folder = new TemporaryFolder();
        var job = Job with { Datasets = [Job.Datasets[0] with { Loss = new RankingLossOptions { Guide = folder.Path, ScoreMask = ScoreMask.Absolute } }] };

        Assert.Throws<ModelFormatException>(() => GuideModels.Load(job));
    }

    private static float[] Embed(EmbeddingModel guide, string? text)
    {
        if (text is null)
            return new float[guide.Encoder.Dim];
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        return guide.Encoder.Encode(EncoderInput.From([guide.Tokenize(text)]), dropout: null).data<float>().ToArray();
    }

    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance * Math.Max(1, expected.Max(Math.Abs))));
    }

    /// <summary>Distance of each anchor to its positive, weighted by the guide's; notes the guide's embeddings by column and row.</summary>
    private sealed class GuidedLoss : PlainLoss
    {
        public ConcurrentQueue<float[][][]> Guides { get; } = [];

        protected override Tensor Compute(EmbeddingBatch batch)
        {
            Guides.Enqueue([.. batch.Guides.Select(column => Enumerable.Range(0, batch.Rows).Select(row => column[row].data<float>().ToArray()).ToArray())]);
            var weights = (batch.Guides[0] - batch.Guides[1]).square().sum(1);
            return ((batch.Columns[0] - batch.Columns[1]).square().sum(1) * weights).mean();
        }
    }
}
