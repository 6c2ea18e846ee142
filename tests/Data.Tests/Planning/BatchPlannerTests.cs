using System.Diagnostics;
using Distributed.Data.Planning;
using Distributed.Jobs;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Data.Tests.Planning;

public sealed class BatchPlannerTests
{
    [Fact]
    public void Plan_AnySampler_DrawsNoRowTwiceAnEpochAndCutsItIntoShards() =>
        Prop.ForAll(Gen.Choose(0, 2).ToArbitrary(), Gen.Choose(8, 200).Two().ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (kind, sizes, shards) =>
        {
            var set = GeneratedData.Labels(Enumerable.Range(0, sizes.Item1).Select(row => row % 4));
            var job = GeneratedData.Job(
                new SamplerOptions { Kind = (SamplerKind)kind, ClassesPerBatch = 3, RowsPerClass = 2 },
                new BatchOptions { Rows = sizes.Item2, Shards = shards }, epochs: 3);
            var planner = new BatchPlanner(set, job);
            var plans = Enumerable.Range(0, (int)planner.TotalSteps).Select(step => planner.Plan(step)).ToList();

            return plans.Select(plan => plan.Epoch).SequenceEqual(plans.Select(plan => plan.Epoch).Order())
                && plans.GroupBy(plan => plan.Epoch).Count() == 3
                && plans.GroupBy(plan => plan.Epoch).All(epoch => HasNoRowTwice(epoch, kind == (int)SamplerKind.Labels ? null : set.Rows.Length))
                && plans.All(plan => plan.Shards.Length == shards && AreEvenAndConsecutive(plan));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Plan_StepsInAnyOrder_IsTheSame()
    {
        var set = GeneratedData.Texts(Enumerable.Range(0, 200).Select(row => new[] { $"{row}", $"{row % 50}" }));
        var job = GeneratedData.Job(new SamplerOptions { Kind = SamplerKind.NoDuplicates }, new BatchOptions { Rows = 16 }, epochs: 5);
        var forward = new BatchPlanner(set, job);
        var backward = new BatchPlanner(set, job);
        var steps = Enumerable.Range(0, (int)forward.TotalSteps).ToList();

        var hashes = steps.Select(step => forward.Plan(step).Hash).ToList();
        var reversed = Enumerable.Reverse(steps).Select(step => backward.Plan(step).Hash).Reverse();

        Assert.Equal(hashes, reversed);
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
    }

    [Fact]
    public void Plan_FromManyThreads_IsTheSame()
    {
        var set = GeneratedData.Texts(Enumerable.Range(0, 300).Select(row => new[] { $"{row}", $"{row % 90}" }));
        var job = GeneratedData.Job(new SamplerOptions { Kind = SamplerKind.NoDuplicates }, new BatchOptions { Rows = 16 }, epochs: 9);
        var planner = new BatchPlanner(set, job);
        var hashes = new ulong[planner.TotalSteps];

        Parallel.For(0, hashes.Length, step => hashes[step] = planner.Plan(step).Hash);

        Assert.Equal(Enumerable.Range(0, hashes.Length).Select(step => new BatchPlanner(set, job).Plan(step).Hash), hashes);
    }

    [Fact]
    public void Plan_AnotherNumberOfWorkers_IsTheSame()
    {
        var set = GeneratedData.Different(100);
        var job = GeneratedData.Job(new SamplerOptions(), new BatchOptions { Rows = 16 });

        var one = new BatchPlanner(set, job with { Workers = new WorkerOptions { Count = 1 } }).Plan(3);
        var eight = new BatchPlanner(set, job with { Workers = new WorkerOptions { Count = 8 } }).Plan(3);

        Assert.Equal(one.Hash, eight.Hash);
    }

    [Fact]
    public void Hash_AnyPart_CountsInIt()
    {
        var set = GeneratedData.Different(64);
        var options = new BatchOptions { Rows = 32, Shards = 4 };
        ulong HashOf(Job job, long step) => new BatchPlanner(set, job).Plan(step).Hash;
        var job = GeneratedData.Job(new SamplerOptions(), options, epochs: 2);

        ulong[] hashes =
        [
            HashOf(job, 0), HashOf(job, 1), HashOf(job, 2), HashOf(job with { Seed = 1 }, 0),
            HashOf(job with { Batch = options with { Shards = 5 } }, 0), HashOf(job with { Batch = options with { Rows = 33 } }, 0),
        ];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    /// <summary>Coordinator and workers of different builds compare hashes, and a resumed run goes on with the order it began with.</summary>
    [Fact]
    public void Hash_KnownPlan_IsTheKnownHash() => Assert.Equal(
        13785042212971595483, new BatchPlanner(GeneratedData.Different(10), GeneratedData.Job(new SamplerOptions(), new BatchOptions { Rows = 4, Shards = 3 })).Plan(1).Hash);

    [Theory]
    [InlineData(null, 3)]
    [InlineData(2, 2)]
    [InlineData(7, 7)]
    public void TotalSteps_MaxSteps_TakesThePlaceOfEpochs(int? maxSteps, int steps)
    {
        var job = GeneratedData.Job(new SamplerOptions { Kind = SamplerKind.NoDuplicates }, new BatchOptions { Rows = 4 });
        var planner = new BatchPlanner(GeneratedData.Different(10), job with { Optimizer = new OptimizerOptions { MaxSteps = maxSteps } });

        Assert.Equal(steps, planner.TotalSteps);
        Assert.Equal((steps - 1) / 3, planner.Plan(steps - 1).Epoch);
        Assert.Throws<ArgumentOutOfRangeException>(() => planner.Plan(steps));
        Assert.Throws<ArgumentOutOfRangeException>(() => planner.Plan(-1));
    }

    [Fact]
    public void Constructor_SingleRow_IsAConflict() => Assert.Equal(
        "the training data has a single row: a batch needs at least two",
        Conflict(GeneratedData.Different(1).Rows.Length, new SamplerOptions(), new BatchOptions()));

    [Fact]
    public void Constructor_DropLastOfFewRows_IsAConflict() => Assert.Equal(
        "batch.rows is 256, but the training data has 9 rows, and sampler.drop_last leaves out a batch that is not full",
        Conflict(9, new SamplerOptions { DropLast = true }, new BatchOptions()));

    [Fact]
    public void Constructor_TooFewClasses_IsAConflict()
    {
        var set = GeneratedData.Labels([0, 0, 1, 1, 2]);
        var job = GeneratedData.Job(new SamplerOptions { Kind = SamplerKind.Labels, ClassesPerBatch = 3 }, new BatchOptions());

        Assert.Equal(
            "sampler.classes_per_batch is 3, but only 2 of 3 classes have at least two rows",
            Assert.Throws<JobConflictException>(() => new BatchPlanner(set, job)).Message);
    }

    [Fact]
    public void Constructor_OneTextEverywhere_IsAConflictForNoDuplicates()
    {
        var set = GeneratedData.Texts(Enumerable.Range(0, 100).Select(row => new[] { $"{row}", "the same" }));
        var job = GeneratedData.Job(new SamplerOptions { Kind = SamplerKind.NoDuplicates }, new BatchOptions { Rows = 16 });

        Assert.Equal(
            "sampler.kind no-duplicates would make batches of 1 rows on average, where batch.rows is 16: 'the same' alone is in 100 of 100 rows; use shuffled",
            Assert.Throws<JobConflictException>(() => new BatchPlanner(set, job)).Message);
    }

    /// <summary>The main job's size: each process plans all epochs when it starts.</summary>
    [Theory]
    [InlineData(SamplerKind.Shuffled)]
    [InlineData(SamplerKind.NoDuplicates)]
    [InlineData(SamplerKind.Labels)]
    public void Constructor_FortyThousandRows_TakesLessThanHalfASecondAnEpoch(SamplerKind kind)
    {
        var set = GeneratedData.Labels(Enumerable.Range(0, 40_000).Select(row => row % 2000));
        var job = GeneratedData.Job(new SamplerOptions { Kind = kind }, new BatchOptions(), epochs: 4);

        var clock = Stopwatch.StartNew();
        _ = new BatchPlanner(set, job).Plan(0);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(4 * 0.5), $"took {clock.Elapsed}");
    }

    private static string Conflict(int rows, SamplerOptions sampler, BatchOptions batch) =>
        Assert.Throws<JobConflictException>(() => new BatchPlanner(GeneratedData.Different(rows), GeneratedData.Job(sampler, batch))).Message;

    private static bool HasNoRowTwice(IEnumerable<StepPlan> epoch, int? allRows)
    {
        var rows = epoch.SelectMany(plan => plan.Rows).Order().ToList();
        return allRows is { } count ? rows.SequenceEqual(Enumerable.Range(0, count)) : rows.Distinct().Count() == rows.Count;
    }

    private static bool AreEvenAndConsecutive(StepPlan plan)
    {
        var starts = plan.Shards.Select(shard => shard.Start);
        var ends = plan.Shards.Select(shard => shard.End).ToList();
        return starts.SequenceEqual(ends.SkipLast(1).Prepend(0)) && ends[^1] == plan.Rows.Length
            && plan.Shards.Max(shard => shard.Count) - plan.Shards.Min(shard => shard.Count) <= 1;
    }
}
