using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Training.Losses;

namespace Distributed.Training.Tests.Steps;

public sealed class CrossBatchMemoryTests
{
    private const int Rows = 100; // two batches of 45 and part of a third

    private static readonly Job Job = WithMemory(TrainerJobs.Pairs, new MemoryOptions { Rows = Rows, FromStep = 2 });

    [Fact]
    public async Task Step_FromItsStepOn_IsOfferedTheNewestRowsOfThePast()
    {
        var loss = new MemoryDistanceLoss();
        using var ranks = new TrainerRanks(Job, [7], _ => loss);

        for (var step = 0; step < 4; step++)
            await ranks.StepAsync(TestContext.Current.CancellationToken);

        var offered = loss.Offered.ToArray();
        Assert.Equal([0, 0, 90, 100], offered.Select(memory => memory.Rows));
        Assert.Equal(offered[2].Hashes[^45..], offered[3].Hashes[10..55]); // step 1's rows have moved on
        Assert.Equal(offered[2].FirstNumbers[^45..], offered[3].FirstNumbers[10..55]);
    }

    [Fact]
    public async Task Step_AnyRanks_SameBits() =>
        await BitHistory.AssertSameForAnyRanksAsync(Job, steps: 5, _ => new MemoryDistanceLoss(), [4, 3], [1, 6], [2, 2, 2, 1]);

    [Fact]
    public async Task Step_OfferedMemory_ChangesTheGradient()
    {
        var without = await BitHistory.OfAsync(WithMemory(Job, new MemoryOptions { Rows = Rows, FromStep = 100 }), [7], steps: 3, _ => new MemoryDistanceLoss());
        var with = await BitHistory.OfAsync(Job, [7], steps: 3, _ => new MemoryDistanceLoss());

        Assert.Equal(without[..2], with[..2]);
        Assert.NotEqual(without[2], with[2]);
    }

    [Fact]
    public async Task Apply_AfterImport_ContinuesToTheSameBits()
    {
        using var original = new TrainerRanks(Job, [3, 4], _ => new MemoryDistanceLoss());
        for (var step = 0; step < 3; step++)
            await original.StepAsync(TestContext.Current.CancellationToken);
        using var resumed = new TrainerRanks(Job, [7], _ => new MemoryDistanceLoss());
        resumed.Import(original.States()[0]);

        await original.StepAsync(TestContext.Current.CancellationToken);
        await resumed.StepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(original.States()[0], resumed.States()[0]);
    }

    [Fact]
    public async Task Replay_AndDiscard_LeaveNoTrace()
    {
        using var plain = new TrainerRanks(Job, [7], _ => new MemoryDistanceLoss());
        using var replayed = new TrainerRanks(Job, [7], _ => new MemoryDistanceLoss());
        for (var step = 0; step < 3; step++)
        {
            await plain.StepAsync(TestContext.Current.CancellationToken);
            await replayed.ComputeAsync(TestContext.Current.CancellationToken);
            if (step == 1)
                replayed.Trainers[0].Discard();
            await replayed.StepAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(plain.States()[0], replayed.States()[0]);
    }

    [Fact]
    public async Task Skip_StepsRows_DoNotEnter()
    {
        var loss = new MemoryDistanceLoss();
        using var ranks = new TrainerRanks(Job, [7], _ => loss);
        await ranks.StepAsync(TestContext.Current.CancellationToken);
        await ranks.ComputeAsync(TestContext.Current.CancellationToken);

        ranks.Trainers[0].Skip(1);
        await ranks.ComputeAsync(TestContext.Current.CancellationToken);

        Assert.Equal(45, loss.Offered.Last().Rows);
    }

    [Fact]
    public async Task Step_TwoDatasets_EachHasARingOfItsOwn()
    {
        var job = TrainerJobs.TwoDatasets with { Datasets = [WithMemory(TrainerJobs.TwoDatasets, new MemoryOptions { Rows = 64, FromStep = 0 }).Datasets[0], TrainerJobs.TwoDatasets.Datasets[1]] };
        var loss = new MemoryDistanceLoss();
        using var ranks = new TrainerRanks(job, [7], options => options is RankingLossOptions ? loss : EmbeddingLoss.Create(options));

        for (var step = 0; step < 5; step++)
            await ranks.StepAsync(TestContext.Current.CancellationToken);

        Assert.Equal([0, 45, 64], loss.Offered.Select(memory => memory.Rows));
        Assert.Equal("pairs", Assert.Single(ranks.Trainers[0].StateLayout.Memories).Dataset);
    }

    [Fact]
    public void StateLayout_WithoutMemory_IsParametersMomentsAndCounters()
    {
        using var without = new TrainerRanks(TrainerJobs.Pairs, [7]);
        using var with = new TrainerRanks(Job, [7]);
        var (plain, layout) = (without.Trainers[0].StateLayout, with.Trainers[0].StateLayout);

        Assert.Equal((3 * plain.SectionBytes) + 16, plain.StateBytes);
        const int RowBytes = 3 * ((32 * sizeof(float)) + sizeof(ulong)) + sizeof(int); // three columns: embedding and hash; label
        Assert.Equal(plain.StateBytes + sizeof(long) + (Rows * RowBytes), layout.StateBytes);
    }

    [Fact]
    public void Trainer_MemoryOfMoreThanASectionCanHold_IsRefusedBeforeItIsMade()
    {
        var job = WithMemory(TrainerJobs.Pairs, new MemoryOptions { Rows = 10_000_000, FromStep = 0 });

        var refused = Assert.Throws<JobConflictException>(() => new TrainerRanks(job, [7]));

        Assert.Equal("loss.memory.rows: the rows kept have 4120000008 bytes, at most 2146435072 are possible", refused.Message);
    }

    private static Job WithMemory(Job job, MemoryOptions memory) =>
        job with { Datasets = [job.Datasets[0] with { Loss = new RankingLossOptions { CrossBatchMemory = memory } }, .. job.Datasets[1..]] };
}
