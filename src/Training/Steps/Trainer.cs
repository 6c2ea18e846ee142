using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using Distributed.Training.Optimization;
using Distributed.Training.Runtime;
using Distributed.Training.Watch;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>
/// One rank's replica of the model, and the training step. The result of a step is that of one process on the whole global batch, to the bit,
/// however its logical shards are dealt to ranks: every product's shape comes from the plan, and every sum has one order.
/// <code>
/// embed the own shards ─ all-gather ─ score own rows against all ─ all-gather the row statistics ─
/// gradient of the own embeddings ─ backward ─ add the shards' gradients ─ (vote elsewhere) ─ apply
/// </code>
/// A step changes nothing until <see cref="Apply"/>: its gradient is pending, and can be discarded. Not thread-safe.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly Job _job;
    private readonly TrainingSet _set;
    private readonly IStepPlans _plans;
    private readonly TimeProvider _time;
    private readonly LossSet _losses;
    private readonly FlatParameters _parameters;
    private readonly ulong _frozenDigest;
    private readonly BFloat16Copy? _copy;
    private readonly AdamW _optimizer;
    private readonly GradientTree _gradients;
    private readonly StepInputQueue _inputs;
    private readonly TensorPool _pool = new();
    private readonly RowGather _embeddings;
    private readonly RowGather _statistics;
    private readonly TextHashes _textHashes;
    private readonly ActivationMemory _memory;
    private readonly TrainerState _state;

    /// <summary>A trainer of a job whose losses have no guide.</summary>
    public Trainer(Job job, EmbeddingModel model, TrainingSet set, IStepPlans plans, TimeProvider time)
        : this(job, model, GuideModels.None, set, plans, time)
    {
    }

    /// <summary>Takes over <paramref name="model"/>, whose parameters move into one flat tensor. The guides stay the caller's.</summary>
    /// <exception cref="JobConflictException">A loss, the memory budget or the choice of parameters does not go with the model.</exception>
    /// <exception cref="ModelFormatException">The job's adapter cannot be read, or it names a prompt that the model does not have.</exception>
    public Trainer(Job job, EmbeddingModel model, GuideModels guides, TrainingSet set, IStepPlans plans, TimeProvider time)
        : this(job, model, guides, EmbeddingLoss.Create, set, plans, time)
    {
    }

    internal Trainer(
        Job job, EmbeddingModel model, GuideModels guides, Func<LossOptions, IEmbeddingLoss> createLoss, TrainingSet set, IStepPlans plans, TimeProvider time)
    {
        (_job, Model, _set, _plans, _time) = (job, model, set, plans, time);
        _memory = new ActivationMemory(model, job.Batch);
        _losses = new LossSet(job, set, model.Encoder, guides, createLoss);
        ParameterChoice.Apply(model, job);
        _frozenDigest = FrozenParameters.Digest(model.Encoder);
        _parameters = new FlatParameters(model.Encoder, _losses.Parameters);
        _copy = job.Precision == Precision.BFloat16 ? new BFloat16Copy(model.Encoder, _parameters) : null;
        _optimizer = new AdamW(_parameters, job.Optimizer);
        _gradients = new GradientTree(_parameters);
        _inputs = new StepInputQueue(plans, new StepInputBuilder(set, ColumnPrompts.Of(job, set, model, guides), model, [.. job.Datasets.Select(dataset => guides.Of(dataset.Loss))], TokensPerMicroBatch));
        _embeddings = new RowGather(_parameters.Values.dtype);
        _statistics = new RowGather(_parameters.Values.dtype);
        _textHashes = new TextHashes(set);
        _state = new TrainerState(_parameters, _optimizer, _losses.Memories);
    }

    /// <summary>The model in its present state.</summary>
    public EmbeddingModel Model { get; }

    /// <summary>Most tokens that go through the encoder together.</summary>
    public int TokensPerMicroBatch => _memory.TokensPerMicroBatch;

    /// <summary>Steps that the state includes, committed or skipped.</summary>
    public long StepsDecided { get; private set; }

    /// <summary>The step whose gradient is held and not yet decided; null: none.</summary>
    public StepResult? Pending { get; private set; }

    /// <summary>Computes a step up to its global gradient, which is then pending.</summary>
    /// <exception cref="InvalidOperationException"><paramref name="plan"/> is not the next step of this state.</exception>
    /// <exception cref="CollectiveAbortedException">The generation is over. The state is as before the call, nothing is pending.</exception>
    public async ValueTask<StepResult> ComputeStepAsync(StepPlan plan, ICollectives collectives, CancellationToken cancellationToken)
    {
        if (plan.Step != StepsDecided)
            throw new InvalidOperationException($"Step {plan.Step} cannot follow a state of {StepsDecided} steps.");
        Discard();

        using var numerics = FinalizerGate.Close();
        var clock = new StepClock(_time);
        var dataset = _losses[plan.Dataset];
        var input = await _inputs.TakeAsync(plan, collectives.Runs[collectives.Rank]).ConfigureAwait(false);
        using var shards = new EncodedShards(Model.Encoder, input, _job.Seed, _job.Precision, _memory.UsesGradientCache(input.Tokens));
        using var embeddings = _embeddings.Open(plan.Rows.Length, dataset.Rows.Width);
        shards.Encode(embeddings, dataset.Rows);
        dataset.Guide?.Encode(input, embeddings, dataset.Rows);

        clock.Enter(StepPhase.Gather);
        await RowGather.ExchangeAsync(embeddings, plan, collectives, cancellationToken).ConfigureAwait(false);

        clock.Enter(StepPhase.Loss);
        using var batch = new StepBatch(plan, _set, _textHashes, dataset, embeddings, _pool);
        using var loss = dataset.Loss.Over(batch.Embeddings);
        using var statistics = _statistics.Open(plan.Rows.Length, loss.StatisticsPerRow);
        Score(input, loss, statistics);

        clock.Enter(StepPhase.Gather);
        await RowGather.ExchangeAsync(statistics, plan, collectives, cancellationToken).ConfigureAwait(false);

        clock.Enter(StepPhase.Loss);
        var value = loss.Value(statistics);
        var watch = collectives.Rank == 0 && _job.Watch.IsDue(plan.Step)
            ? EmbeddingWatch.Measure(batch.Embeddings, _job.Datasets[plan.Dataset].Loss, value, loss.Measures(statistics))
            : null;

        var run = collectives.Runs[collectives.Rank];
        var partials = _gradients.Accumulate(run, plan.Shards.Length, shard =>
        {
            clock.Enter(StepPhase.Loss);
            using var gradient = new ShardGradient(loss, statistics, plan.Shards[shard], _pool);
            dataset.Backward(loss, statistics, plan.Shards[shard]);
            clock.Enter(StepPhase.Backward);
            shards.Backward(input.Shards[shard - run.First], gradient.Of);
        });

        clock.Enter(StepPhase.Reduce);
        await collectives.SumShardsAsync(partials, _gradients.SumMemory, cancellationToken).ConfigureAwait(false);

        dataset.Memory?.Stage(batch.Embeddings);
        return Pending = Conclude(plan, value, clock) with { Watch = watch };
    }

    /// <summary>Applies the pending gradient, clipped, at the step's learning rate.</summary>
    /// <exception cref="InvalidOperationException">Nothing is pending, or another step is.</exception>
    public void Apply(long step)
    {
        var pending = Take(step);
        var rate = LearningRateSchedule.Rate(step, _plans.TotalSteps, _job.Optimizer, _job.Schedule);
        _optimizer.Step(_gradients.Sum, rate, new GradientSummary(pending.GradientNorm, pending.GradientDigest).ClipFactor(_job.Optimizer.ClipNorm));
        _copy?.Refresh();
        foreach (var memory in _losses.Memories)
            memory.Commit();
        StepsDecided++;
    }

    /// <summary>Ends a step without changing the model.</summary>
    /// <exception cref="InvalidOperationException">Nothing is pending, or another step is.</exception>
    public void Skip(long step)
    {
        Take(step);
        Discard();
        StepsDecided++;
    }

    /// <summary>Forgets the pending gradient: its step will be computed again.</summary>
    public void Discard()
    {
        Pending = null;
        foreach (var memory in _losses.Memories)
            memory.Drop();
    }

    /// <summary>How the state is laid out: the same for every replica of a job.</summary>
    public StateLayout StateLayout => _state.Layout;

    /// <summary>
    /// The decided state: parameters, optimizer, steps, cross-batch memories. A pending gradient is not part of it. It lies in the trainer's own memory: valid until
    /// the next call that changes the state, not to be written to.
    /// </summary>
    public TrainingState ViewState() => _state.View(StepsDecided);

    /// <summary>Copies the state of another replica or of a checkpoint.</summary>
    public void ImportState(TrainingState state)
    {
        Discard();
        StepsDecided = _state.Import(state);
        _copy?.Refresh();
    }

    private StepResult Take(long step)
    {
        if (Pending is not { } pending || pending.Step != step)
            throw new InvalidOperationException($"Step {step} is not pending.");
        Pending = null;
        return pending;
    }

    private static void Score(StepInput input, ILossPass loss, Tensor statistics)
    {
        foreach (var shard in input.Shards)
        {
            using var scope = NewDisposeScope();
            if (shard.Rows.Count >= Blocks.Size) // many tiles leave scalars behind by the ten thousand
                FinalizerGate.CatchUp();
            statistics.narrow(0, shard.Rows.Start, shard.Rows.Count).copy_(loss.Score(shard.Rows));
        }
    }

    private StepResult Conclude(StepPlan plan, double loss, StepClock clock)
    {
        var gradient = GradientSummary.Of(_gradients.Sum);
        return new StepResult
        {
            Step = plan.Step,
            Loss = loss,
            GradientNorm = gradient.Norm,
            IsFinite = double.IsFinite(loss) && gradient.IsFinite,
            GradientDigest = gradient.Digest ^ _frozenDigest,
            Timings = clock.Stop(),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _inputs.Dispose();
        _embeddings.Dispose();
        _statistics.Dispose();
        _pool.Dispose();
        _optimizer.Dispose();
        _copy?.Dispose();
        _parameters.Dispose();
        _losses.Dispose();
    }
}
