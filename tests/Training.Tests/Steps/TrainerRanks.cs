using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using Distributed.Training.Steps;

namespace Distributed.Training.Tests.Steps;

/// <summary>Several ranks of one job in one process, each on a thread of its own.</summary>
internal sealed class TrainerRanks : IDisposable
{
    private readonly BatchPlanner _plans;
    private readonly ImmutableArray<ICollectives> _collectives;
    private readonly ImmutableArray<GuideModels> _guides;

    public TrainerRanks(Job job, int[] shardsPerRank)
        : this(job, shardsPerRank, EmbeddingLoss.Create)
    {
    }

    /// <param name="job">The job.</param>
    /// <param name="shardsPerRank">By rank, its logical shards.</param>
    /// <param name="createLoss">Makes a rank's losses.</param>
    public TrainerRanks(Job job, int[] shardsPerRank, Func<LossOptions, IEmbeddingLoss> createLoss)
    {
        TorchRuntime.Initialize(threads: 1);
        var set = TrainingSetReader.Read(job.Datasets);
        _plans = new BatchPlanner(set, job);
        _guides = [.. shardsPerRank.Select(_ => GuideModels.Load(job))];
        Trainers = [.. _guides.Select(guides => new Trainer(job, Model(job), guides, createLoss, set, _plans, TimeProvider.System))];
        Collectives = [.. LoopbackCollectives.Create(shardsPerRank.Length, Runs(shardsPerRank)).Select(rank => new CountedCollectives(rank))];
        _collectives = ImmutableArray<ICollectives>.CastUp(Collectives);
        InitialState = Convert.ToHexString(States()[0]);
    }

    public ImmutableArray<Trainer> Trainers { get; }

    /// <summary>By rank, what it asked the others for.</summary>
    public ImmutableArray<CountedCollectives> Collectives { get; }

    public IStepPlans Plans => _plans;

    public string InitialState { get; }

    public async Task<StepResult[]> ComputeAsync(CancellationToken cancellationToken)
    {
        var plan = _plans.Plan(Trainers[0].StepsDecided);
        var ranks = Task.WhenAll(Trainers.Zip(_collectives, (trainer, collectives) =>
            Task.Factory.StartNew(() => ComputeAsync(trainer, plan, collectives, cancellationToken), cancellationToken,
                TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
        try
        {
            return await ranks;
        }
        catch (CollectiveAbortedException) when (ranks.Exception!.InnerExceptions.FirstOrDefault(failure => failure is not CollectiveAbortedException) is { } cause)
        {
            throw new InvalidOperationException("A rank failed, and the others with it.", cause); // what they say hides why
        }
    }

    // A rank that fails leaves, so that the others do not wait for it.
    private static async Task<StepResult> ComputeAsync(Trainer trainer, StepPlan plan, ICollectives collectives, CancellationToken cancellationToken)
    {
        try
        {
            return await trainer.ComputeStepAsync(plan, collectives, cancellationToken);
        }
        catch (Exception failure) when (failure is not CollectiveAbortedException)
        {
            await collectives.DisposeAsync();
            throw;
        }
    }

    public async Task<StepResult[]> StepAsync(CancellationToken cancellationToken)
    {
        var results = await ComputeAsync(cancellationToken);
        foreach (var trainer in Trainers)
            trainer.Apply(results[0].Step);
        return results;
    }

    /// <summary>The next step of rank 0 as the only one that is left, with every shard.</summary>
    public async Task<StepResult> StepAloneAsync(CancellationToken cancellationToken)
    {
        var alone = LoopbackCollectives.Create(1, Runs([_collectives[0].Runs.Sum(run => run.Count)]))[0];
        var result = await Trainers[0].ComputeStepAsync(_plans.Plan(Trainers[0].StepsDecided), alone, cancellationToken);
        Trainers[0].Apply(result.Step);
        return result;
    }

    public ImmutableArray<byte[]> States() => [.. Trainers.Select(trainer =>
    {
        var state = trainer.ViewState();
        return (byte[])[.. state.Sections.SelectMany(section => MemoryMarshal.AsBytes(section.Span).ToArray()), .. state.Tail.Span];
    })];

    /// <summary>The state without its counters.</summary>
    public string Values() => Convert.ToHexString(States()[0].AsSpan(..^(2 * sizeof(long))));

    public void Import(byte[] state) => Trainers[0].ImportState(StateOf(state));

    public void Dispose()
    {
        foreach (var trainer in Trainers)
            trainer.Dispose();
        foreach (var guides in _guides)
            guides.Dispose();
    }

    private TrainingState StateOf(ReadOnlySpan<byte> bytes)
    {
        var state = new TrainingState(Trainers[0].StateLayout);
        foreach (var section in state.Sections)
        {
            bytes[..(int)state.Layout.SectionBytes].CopyTo(MemoryMarshal.AsBytes(section.Span));
            bytes = bytes[(int)state.Layout.SectionBytes..];
        }

        bytes.CopyTo(state.Tail.Span);
        return state;
    }

    private static EmbeddingModel Model(Job job) => job.Model.Folder is { } folder ? EmbeddingModel.Load(folder, job.Model) : EmbeddingModel.Create(job.Model, job.Seed);

    private static ImmutableArray<ShardRun> Runs(int[] shardsPerRank) =>
        [.. shardsPerRank.Select((count, rank) => new ShardRun(shardsPerRank[..rank].Sum(), count))];
}
