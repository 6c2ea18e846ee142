using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Checking;
using Distributed.Training.Tests.Steps;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Custom;

public sealed class OwnLossExampleTests
{
    private const double Exact = 1e-12;

    [Fact]
    public void Loss_FourRows_IsWorkedByHand()
    {
        // Two of one class, at right angles; two others alone, one of them beside the first. T = 1.
        var batch = new EmbeddingBatch
        {
            Columns = [tensor(new double[,] { { 2, 0 }, { 0, 1 }, { 3, 0 }, { 0, -1 } })],
            TextHashes = [[1, 2, 3, 4]],
            Labels = [0, 0, 1, 2],
            Shards = [new(0, 4)],
        };

        var run = LossRun.Of(EmbeddingLoss.Create(OwnLossExample.Options with { Settings = Temperature(1) }), batch);

        var first = Math.Log(1 + Math.E + 1);            // cosines 0, 1, 0; own class 0
        var second = Math.Log(1 + 1 + Math.Exp(-1));     // cosines 0, 0, −1; own class 0
        Assert.Equal((first + second) / 2, run.Value, Exact);
    }

    [Fact]
    public void GradientCheck_Example_Passes()
    {
        var report = GradientCheck.Run(EmbeddingLoss.Create(OwnLossExample.Options), new BatchShape { Columns = 1, HasLabels = true });

        Assert.True(report.Passed, report.ToString());
    }

    [Fact]
    public void JobFile_OfTheExample_NamesItsClassAndSettings()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "examples", "OwnLoss", "job.yaml"));
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("job.yaml");
        File.WriteAllText(path, text
            .Replace("../../artifacts/bin/OwnLoss/release/OwnLoss.dll", OwnLossExample.Assembly, StringComparison.Ordinal)
            .Replace("../../", Repository.Root + "/", StringComparison.Ordinal));

        var dataset = JobFile.Load(path).Datasets[0];

        Assert.Equal((1, true), (BatchShape.Of(dataset).Columns, BatchShape.Of(dataset).HasLabels));
        Assert.Equal("OwnLoss.SoftNearestNeighborLoss", EmbeddingLoss.Create(dataset.Loss).GetType().FullName);
    }

    [Fact]
    public async Task ComputeStep_ThreeStepsOnOneAndThreeRanks_EndInTheSameBits()
    {
        var job = TrainerJobs.Labelled with
        {
            Datasets = [TrainerJobs.Labelled.Datasets[0] with { Loss = OwnLossExample.Options with { Settings = Temperature(0.2) } }],
        };
        using var one = new TrainerRanks(job, [7]);
        using var three = new TrainerRanks(job, [2, 4, 1]);

        for (var step = 0; step < 3; step++)
        {
            var expected = (await one.StepAsync(TestContext.Current.CancellationToken))[0];
            var results = await three.StepAsync(TestContext.Current.CancellationToken);
            Assert.All(results, result => Assert.Equal((expected.Loss, expected.GradientDigest), (result.Loss, result.GradientDigest)));
            Assert.True(expected.IsFinite);
        }

        Assert.NotEqual(one.InitialState, Convert.ToHexString(one.States()[0]));
        Assert.All(three.States(), state => Assert.Equal(one.States()[0], state));
    }

    private static ImmutableSortedDictionary<string, double> Temperature(double value) => ImmutableSortedDictionary<string, double>.Empty.Add("temperature", value);
}
