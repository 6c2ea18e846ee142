using TorchSharp;

namespace Distributed.Training.Tests.Steps;

/// <summary>Counts the tensors of the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(TrainerMemoryTests), DisableParallelization = true)]
[Collection(nameof(TrainerMemoryTests))]
public sealed class TrainerMemoryTests
{
    [Fact]
    public async Task ComputeStep_FromStepToStep_LeaksNoTensor()
    {
        using var ranks = new TrainerRanks(TrainerJobs.Pairs, [7]);
        await ranks.StepAsync(TestContext.Current.CancellationToken);
        await ranks.StepAsync(TestContext.Current.CancellationToken);
        var after2 = LiveTensors();

        for (var step = 2; step < 12; step++)
            await ranks.StepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(after2, LiveTensors());
    }

    // Tensors that earlier tests left to the finalizer would go in the middle of the measurement.
    private static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }
}
