using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Distributed.Data.Planning;
using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;
using Distributed.Training.Optimization;
using Distributed.Training.Steps;
using Distributed.Worker.Runs;

namespace Distributed.Worker.Tests.Runs;

/// <summary>A few hundred floats whose gradient is a function of row ids and of themselves; summed over the ranks like a real one.</summary>
internal sealed class FakeReplica : IReplica
{
    private const int Length = 304;

    private readonly float[] _parameters = new float[Length];
    private readonly float[] _first = new float[Length];
    private readonly float[] _second = new float[Length];
    private long _applied;
    private float[]? _pending;

    public FakeReplica()
    {
        for (int i = 0; i < Length; i++)
            _parameters[i] = MathF.Sin(i);
        ZeroGaps();
    }

    public long StepsDecided { get; private set; }

    public StateLayout Layout { get; } =
        new([new ParameterSlot("encoder.weight", 0, [10, 10], true), new ParameterSlot("encoder.bias", 112, [192], false)], Length);

    /// <summary>Evaluations that SaveModel brought; null before it.</summary>
    public ImmutableArray<EvaluationScores>? Saved { get; private set; }

    /// <summary>Steps that report a gradient that is not finite.</summary>
    public Func<long, bool> IsFinite { get; init; } = _ => true;

    /// <summary>Called at each point of a replica's life; may throw <see cref="KilledException"/>.</summary>
    public Func<ReplicaPoint, Task> At { get; set; } = _ => Task.CompletedTask;

    /// <summary>The whole state, to compare.</summary>
    public byte[] State
    {
        get
        {
            var view = View();
            return [.. view.Sections.SelectMany(section => MemoryMarshal.AsBytes(section.Span).ToArray()), .. view.Tail.Span];
        }
    }

    public async ValueTask<StepResult> ComputeStepAsync(StepPlan plan, ICollectives collectives, CancellationToken cancellationToken)
    {
        Assert.Equal(StepsDecided, plan.Step);
        await At(ReplicaPoint.BeforeGather);
        var own = collectives.Runs[collectives.Rank];
        byte[] gathered = new byte[collectives.WorldSize];
        gathered[collectives.Rank] = 1;
        await collectives.AllGatherAsync(gathered, Enumerable.Range(0, collectives.WorldSize + 1).Select(r => (long)r).ToArray(), cancellationToken);
        Assert.All(gathered, b => Assert.Equal(1, b));

        await At(ReplicaPoint.BeforeSum);
        float[] sum = new float[Length];
        var partials = ShardTree.Cover(own, FakePlans.Shards).Select(node => Partial(plan, node).AsMemory()).ToImmutableArray();
        await collectives.SumShardsAsync(partials, sum, cancellationToken);
        _pending = sum;
        await At(ReplicaPoint.BeforeVote);
        return new StepResult
        {
            Step = plan.Step,
            IsFinite = IsFinite(plan.Step),
            GradientDigest = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(sum.AsSpan())),
            Loss = sum[0],
            GradientNorm = sum[1],
            Timings = new StepTimings(),
        };
    }

    public void Apply(long decidedStep)
    {
        Assert.Equal(StepsDecided, decidedStep);
        Assert.NotNull(_pending);
        for (int i = 0; i < Length; i++)
        {
            _first[i] = (0.9f * _first[i]) + (0.1f * _pending[i]);
            _second[i] = (0.99f * _second[i]) + (0.01f * _pending[i] * _pending[i]);
            _parameters[i] -= 0.01f * _first[i] / (MathF.Sqrt(_second[i]) + 1e-3f);
        }
        ZeroGaps();
        _pending = null;
        _applied++;
        StepsDecided++;
    }

    public void Skip(long decidedStep)
    {
        Assert.Equal(StepsDecided, decidedStep);
        _pending = null;
        StepsDecided++;
    }

    public void Discard() => _pending = null;

    public TrainingState ViewState()
    {
        At(ReplicaPoint.Export).GetAwaiter().GetResult();
        return View();
    }

    public void ImportState(TrainingState state)
    {
        At(ReplicaPoint.Import).GetAwaiter().GetResult();
        state.CopyTo(View());
        (_applied, StepsDecided) = (state.StepsApplied, state.StepsDecided);
        _pending = null;
    }

    public async ValueTask<IReadOnlyDictionary<string, double>> EvaluateAsync(ICollectives collectives, CancellationToken cancellationToken)
    {
        await collectives.BarrierAsync(cancellationToken);
        return new Dictionary<string, double> { ["ndcg@10"] = _parameters[0] };
    }

    public Task SaveModelAsync(ImmutableArray<EvaluationScores> evaluations, CancellationToken cancellationToken)
    {
        Saved = evaluations;
        return Task.CompletedTask;
    }

    private TrainingState View() =>
        new(Layout, [_parameters, _first, _second], new byte[Layout.TailBytes]) { StepsApplied = _applied, StepsDecided = StepsDecided };

    private void ZeroGaps()
    {
        foreach (float[] section in new[] { _parameters, _first, _second })
            section.AsSpan(100, 12).Clear();
    }

    private float[] Partial(StepPlan plan, ShardRange node)
    {
        var rows = plan.Rows.AsSpan()[plan.Shards[node.Start].Start..plan.Shards[node.End - 1].End];
        if (node.Count > 1)
        {
            // As a trainer adds shards: the two halves of the node.
            int left = node.Count / 2;
            float[] sum = Partial(plan, new ShardRange(node.Start, left));
            ShardTree.Add(sum, Partial(plan, new ShardRange(node.Start + left, node.Count - left)));
            return sum;
        }
        float[] partial = new float[Length];
        foreach (int row in rows)
        {
            for (int i = 0; i < Length; i++)
                partial[i] += MathF.Sin((row * 7.3f) + i) * (1 + _parameters[i]);
        }
        return partial;
    }
}
