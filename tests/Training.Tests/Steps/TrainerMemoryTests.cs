using Distributed.Jobs.Losses;
using Distributed.Testing;
using TorchSharp;

namespace Distributed.Training.Tests.Steps;

/// <summary>
/// Counts the tensors of the whole process, so nothing else may run beside it. No finalizer does: <see cref="Testing.TorchFixture"/>; a tensor that is left to
/// one counts as a leak.
/// </summary>
[CollectionDefinition(nameof(TrainerMemoryTests), DisableParallelization = true)]
[Collection(nameof(TrainerMemoryTests))]
public sealed class TrainerMemoryTests
{
    [Fact]
    public async Task ComputeStep_FromStepToStep_LeaksNoTensor()
    {
        using var ranks = new TrainerRanks(TrainerJobs.Pairs, [7]);
        await AssertLeaksNothingAsync(ranks);
    }

    [Fact]
    public async Task ComputeStep_WithAGuide_LeaksNoTensor() =>
        await AssertLeaksNothingAsync(new RankingLossOptions { Guide = ReferenceData.PathOf("encoder", "mini-mean"), ScoreMask = ScoreMask.Absolute });

    [Fact]
    public async Task ComputeStep_WithMemory_LeaksNoTensor() =>
        await AssertLeaksNothingAsync(new RankingLossOptions { CrossBatchMemory = new MemoryOptions { Rows = 60, FromStep = 1 } });

    private static async Task AssertLeaksNothingAsync(LossOptions loss)
    {
        using var ranks = new TrainerRanks(TrainerJobs.Pairs with { Datasets = [TrainerJobs.Pairs.Datasets[0] with { Loss = loss }] }, [7]);
        await AssertLeaksNothingAsync(ranks);
    }

    [Fact]
    public async Task ComputeStep_LossWithAParameter_LeaksNoTensor()
    {
        using var ranks = new TrainerRanks(TrainerJobs.Pairs, [7], _ => new ScaledDistanceLoss());
        await AssertLeaksNothingAsync(ranks);
    }

    private static async Task AssertLeaksNothingAsync(TrainerRanks ranks)
    {
        await ranks.StepAsync(TestContext.Current.CancellationToken);
        await ranks.StepAsync(TestContext.Current.CancellationToken);
        var after2 = torch.Tensor.TotalCount;

        for (var step = 2; step < 12; step++)
            await ranks.StepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(after2, torch.Tensor.TotalCount);
    }
}
