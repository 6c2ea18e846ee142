using System.Runtime.InteropServices;
using Distributed.Jobs;
using Distributed.Training.Steps;

namespace Distributed.Training.Tests.Steps;

public sealed class TrainerTests
{
    private const int Shards = 7;

    /// <summary>Even and uneven ways to deal seven shards to one to seven ranks.</summary>
    public static TheoryData<int[]> Deals => new([7], [4, 3], [1, 6], [3, 2, 2], [2, 2, 2, 1], [4, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1]);

    [Theory]
    [MemberData(nameof(Deals))]
    public async Task ComputeStep_AnyRanks_SameBitsAsOneRank_Mnrl(int[] shardsPerRank) => await AssertSameAsOneRank(TrainerJobs.Pairs, shardsPerRank);

    [Theory]
    [MemberData(nameof(Deals))]
    public async Task ComputeStep_AnyRanks_SameBitsAsOneRank_BatchHard(int[] shardsPerRank) =>
        await AssertSameAsOneRank(TrainerJobs.Labelled, shardsPerRank);

    [Fact]
    public async Task ComputeStep_BatchHardOverRanks_MinesTheWholeBatchAndLeavesReplicasEqual()
    {
        // The peer never synchronises gradients of its batch-hard losses: each of its ranks would train a model of its own.
        using var ranks = new TrainerRanks(TrainerJobs.Labelled, [4, 3]);

        for (var step = 0; step < 3; step++)
            await ranks.StepAsync(TestContext.Current.CancellationToken);

        Assert.Single(ranks.States().Select(Convert.ToHexString).Distinct());
        Assert.NotEqual(ranks.InitialState, Convert.ToHexString(ranks.States()[0]));
    }

    [Fact]
    public async Task ComputeStep_GradientCache_SameBitsAsPlainPath_UnderDropout()
    {
        var job = TrainerJobs.Pairs with { Model = TrainerJobs.Pairs.Model with { Dropout = 0.3 } };

        var plain = await BitHistory.OfAsync(job with { Batch = job.Batch with { GradientCache = GradientCacheMode.Off } }, [Shards], steps: 2);
        var cached = await BitHistory.OfAsync(job with { Batch = job.Batch with { GradientCache = GradientCacheMode.On } }, [Shards], steps: 2);

        Assert.Equal(plain, cached);
    }

    [Fact]
    public async Task ComputeStep_MicroBatchBudgets_GiveTheSameGradientUpToRounding()
    {
        var job = TrainerJobs.Pairs with { Model = TrainerJobs.Pairs.Model with { Dropout = 0 } };

        var whole = await FirstStepAsync(job with { Batch = job.Batch with { TokensPerMicroBatch = 100_000 } });
        var single = await FirstStepAsync(job with { Batch = job.Batch with { TokensPerMicroBatch = 1 } });

        Assert.Equal(whole.Loss, single.Loss, tolerance: 1e-5);
        Assert.Equal(whole.GradientNorm, single.GradientNorm, tolerance: 1e-4 * whole.GradientNorm);
    }

    [Fact]
    public async Task ComputeStep_FewerRowsThanShards_IsComputed()
    {
        var dataset = TrainerJobs.Pairs.Datasets[0];
        var job = TrainerJobs.Pairs with
        {
            Datasets = [dataset with { Data = dataset.Data with { Limit = 3 } }],
            Batch = TrainerJobs.Pairs.Batch with { Rows = 3 },
        };

        var one = await BitHistory.OfAsync(job, [Shards], steps: 1);
        var three = await BitHistory.OfAsync(job, [3, 2, 2], steps: 1);

        Assert.Equal(one, three);
    }

    [Fact]
    public async Task Apply_AfterImport_ContinuesToTheSameBits()
    {
        using var original = new TrainerRanks(TrainerJobs.Pairs, [Shards]);
        await original.StepAsync(TestContext.Current.CancellationToken);
        using var joiner = new TrainerRanks(TrainerJobs.Pairs, [Shards]);
        joiner.Import(original.States()[0]);

        await original.StepAsync(TestContext.Current.CancellationToken);
        await joiner.StepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(original.States()[0], joiner.States()[0]);
    }

    [Fact]
    public async Task Skip_LeavesTheModelAndCountsTheStep()
    {
        using var ranks = new TrainerRanks(TrainerJobs.Pairs, [Shards]);
        var before = ranks.Values();
        await ranks.ComputeAsync(TestContext.Current.CancellationToken);

        ranks.Trainers[0].Skip(0);

        Assert.Equal(1, ranks.Trainers[0].StepsDecided);
        Assert.Equal(before, ranks.Values());
        Assert.Throws<InvalidOperationException>(() => ranks.Trainers[0].Apply(0));
    }

    [Fact]
    public async Task ComputeStep_OtherShardsThanBefore_UsesNoInputPreparedForThose()
    {
        using var shrunk = new TrainerRanks(TrainerJobs.Pairs, [4, 3]);
        using var single = new TrainerRanks(TrainerJobs.Pairs, [Shards]);

        await shrunk.StepAsync(TestContext.Current.CancellationToken);
        await single.StepAsync(TestContext.Current.CancellationToken);
        var left = await shrunk.StepAloneAsync(TestContext.Current.CancellationToken);
        var expected = await single.StepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected[0].GradientDigest, left.GradientDigest);
        Assert.Equal(single.States()[0], shrunk.States()[0]);
    }

    [Fact]
    public async Task Apply_ClipNorm_ScalesTheGradientThatTheOptimizerTakes()
    {
        const double limit = 1e-3;
        var (_, free) = await FirstMomentAsync(clipNorm: null);
        var (norm, clipped) = await FirstMomentAsync(limit);

        // The first moment after one step is the gradient times 1 − β₁.
        Assert.True(norm > 10 * limit);
        var factor = limit / (norm + 1e-6);
        Assert.Contains(free, value => value != 0);
        Assert.All(free.Zip(clipped), pair => Assert.Equal(pair.First * factor, pair.Second, tolerance: (1e-5 * Math.Abs(pair.First) * factor) + 1e-30));
    }

    private static async Task<(double Norm, float[] FirstMoment)> FirstMomentAsync(double? clipNorm)
    {
        using var ranks = new TrainerRanks(TrainerJobs.Pairs with { Optimizer = TrainerJobs.Pairs.Optimizer with { ClipNorm = clipNorm } }, [Shards]);
        var results = await ranks.StepAsync(TestContext.Current.CancellationToken);
        var section = (int)ranks.Trainers[0].StateLayout.SectionBytes;
        return (results[0].GradientNorm, MemoryMarshal.Cast<byte, float>(ranks.States()[0].AsSpan(section, section)).ToArray());
    }

    private static async Task AssertSameAsOneRank(Job job, int[] shardsPerRank)
    {
        var one = await BitHistory.OfAsync(job, [Shards], steps: 3);
        var many = await BitHistory.OfAsync(job, shardsPerRank, steps: 3);

        Assert.Equal(one, many);
    }

    private static async Task<StepResult> FirstStepAsync(Job job)
    {
        using var ranks = new TrainerRanks(job, [Shards]);
        return (await ranks.ComputeAsync(TestContext.Current.CancellationToken))[0];
    }
}
