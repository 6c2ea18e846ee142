using System.Runtime.InteropServices;
using Distributed.Jobs;
using Distributed.Training.Losses;
using Distributed.Training.Optimization;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Steps;

public sealed class LossParameterTests
{
    private const string Name = "loss.log_scale";

    private static readonly Job Unclipped = TrainerJobs.Pairs with { Optimizer = TrainerJobs.Pairs.Optimizer with { ClipNorm = null, WeightDecay = 0.5 } };

    [Fact]
    public void Slots_LossWithAParameter_HaveItLastWithoutWeightDecay()
    {
        using var ranks = new TrainerRanks(TrainerJobs.Pairs, [7], _ => new ScaledDistanceLoss());
        using var plain = new TrainerRanks(TrainerJobs.Pairs, [7]);

        var slots = ranks.Trainers[0].StateLayout.Slots;

        Assert.Equal(plain.Trainers[0].StateLayout.Slots.Select(slot => slot.Name).Append(Name), slots.Select(slot => slot.Name));
        Assert.False(slots[^1].Decays);
        Assert.Empty(slots[^1].Shape);
    }

    [Fact]
    public void Slots_SeveralDatasets_HaveTheirNamesInThem()
    {
        using var ranks = new TrainerRanks(TrainerJobs.TwoDatasets, [7], _ => new ScaledDistanceLoss());

        Assert.Equal(
            ["loss.classes.log_scale", "loss.pairs.log_scale"],
            ranks.Trainers[0].StateLayout.Slots.Select(slot => slot.Name).Where(name => name.StartsWith("loss.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Apply_FirstStep_TakesTheSlopeOverAllShards()
    {
        using var ranks = new TrainerRanks(Unclipped, [3, 2, 2], _ => new ScaledDistanceLoss());

        var results = await ranks.StepAsync(TestContext.Current.CancellationToken);

        // The first moment after one step is the gradient times 1 − β₁; the first step of AdamW is the learning rate against the slope's sign.
        var slope = results[0].Loss - 1;
        Assert.Equal(0.1 * slope, Read(ranks, section: 1), tolerance: 1e-5 * Math.Abs(slope));
        Assert.Equal(-Math.Sign(slope) * Unclipped.Optimizer.LearningRate, Read(ranks, section: 0), tolerance: 1e-7);
    }

    [Fact]
    public async Task Step_AnyRanks_SameBits() => await BitHistory.AssertSameForAnyRanksAsync(
        TrainerJobs.Pairs, steps: 3, _ => new ScaledDistanceLoss(), [4, 3], [1, 6], [3, 2, 2], [1, 1, 1, 1, 1, 1, 1]);

    [Fact]
    public async Task Import_FromAReplicaThatTrainedOn_TakesTheParameterOver()
    {
        using var original = new TrainerRanks(TrainerJobs.Pairs, [7], _ => new ScaledDistanceLoss());
        await original.StepAsync(TestContext.Current.CancellationToken);
        using var joiner = new TrainerRanks(TrainerJobs.Pairs, [7], _ => new ScaledDistanceLoss());
        joiner.Import(original.States()[0]);

        await original.StepAsync(TestContext.Current.CancellationToken);
        await joiner.StepAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(0, Read(joiner, section: 0));
        Assert.Equal(original.States()[0], joiner.States()[0]);
    }

    [Fact]
    public async Task Step_PlainLossWithAParameterOverAnyRanks_SameBits() =>
        await BitHistory.AssertSameForAnyRanksAsync(TrainerJobs.Pairs, steps: 2, _ => new PlainWeightedDistance(), [4, 3], [2, 2, 2, 1]);

    [Fact]
    public async Task ComputeStep_LossThatForgetsAParametersGradient_IsRefused()
    {
        using var ranks = new TrainerRanks(TrainerJobs.Pairs, [7], _ => new ForgetfulLoss());

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ranks.ComputeAsync(TestContext.Current.CancellationToken));

        Assert.Equal("ForgetfulLoss has 1 parameters and gives gradients of 0.", error.Message);
    }

    [Fact]
    public void FlatParameters_ParametersBesideTheModule_MoveIntoTheBuffer()
    {
        using var module = nn.Linear(2, 2);
        using var beside = new TorchSharp.Modules.Parameter(full([3], 0.5f));
        using var flat = new FlatParameters(module, [("loss.w.weight", beside)]);

        flat.Values.fill_(2);
        flat.UseGradient(0);
        (beside * 3).sum().backward();

        Assert.Equal([2f, 2, 2], beside.data<float>().ToArray());
        Assert.False(flat.Slots[^1].Decays);
        Assert.Equal(9, flat.Gradient(0).sum().item<float>());
    }

    private sealed class ForgetfulLoss : IEmbeddingLoss
    {
        public IReadOnlyList<(string Name, TorchSharp.Modules.Parameter Value)> Parameters { get; } = [("w", new(zeros([])))];

        public ILossPass Over(EmbeddingBatch batch) => new PlainDistance().Over(batch);
    }

    private sealed class PlainDistance : PlainLoss
    {
        protected override Tensor Compute(EmbeddingBatch batch) => (batch.Columns[0] - batch.Columns[1]).square().mean();
    }

    private sealed class PlainWeightedDistance : PlainLoss
    {
        private readonly (string Name, TorchSharp.Modules.Parameter Value) _weight = ("w", new(full([], 0.5f)));

        public override IReadOnlyList<(string Name, TorchSharp.Modules.Parameter Value)> Parameters => [_weight];

        protected override Tensor Compute(EmbeddingBatch batch) => _weight.Value * (batch.Columns[0] - batch.Columns[1]).square().mean();
    }

    private static float Read(TrainerRanks ranks, int section)
    {
        var layout = ranks.Trainers[0].StateLayout;
        var values = MemoryMarshal.Cast<byte, float>(ranks.States()[0].AsSpan((int)(section * layout.SectionBytes), (int)layout.SectionBytes));
        return values[(int)layout.Slots.Single(slot => slot.Name == Name).Offset];
    }
}
