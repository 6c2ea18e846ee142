using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;
using Distributed.Data.Reading;
using Distributed.Jobs;

namespace Distributed.Data.Planning;

/// <summary>
/// Says which rows each step of a run is computed from: a pure function of data, job and step. A global batch is of one dataset. Coordinator and workers
/// each have one and compare their plans by hash. Thread-safe.
/// </summary>
public sealed class BatchPlanner : IStepPlans
{
    private readonly TrainingSet _set;
    private readonly EpochCache _epochs;
    private readonly int _shards;

    /// <summary>The plan of a job over its training set.</summary>
    /// <exception cref="JobConflictException">The sampler cannot work with the data.</exception>
    public BatchPlanner(TrainingSet set, Job job)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(job);
        _set = set;
        _epochs = new EpochCache(SamplerChoice.Create(set, job));
        _shards = job.Batch.Shards;
        TotalSteps = job.Optimizer.MaxSteps ?? _epochs.StepsOf(job.Optimizer.Epochs);
    }

    /// <inheritdoc/>
    public long TotalSteps { get; }

    /// <inheritdoc/>
    public StepPlan Plan(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, TotalSteps);
        var (epoch, rows) = _epochs.Batch(step);
        var plan = new StepPlan { Step = step, Epoch = epoch, Dataset = _set.DatasetOf(rows[0]), Rows = rows, Shards = CutIntoShards(rows.Length, _shards), Hash = 0 };
        return plan with { Hash = HashOf(plan) };
    }

    /// <summary>Consecutive shards whose sizes differ by at most 1, the larger ones first.</summary>
    internal static ImmutableArray<ShardRange> CutIntoShards(int rows, int shards)
    {
        var (size, larger) = Math.DivRem(rows, shards);
        var ranges = ImmutableArray.CreateBuilder<ShardRange>(shards);
        for (var (shard, start) = (0, 0); shard < shards; start = ranges[shard].End, shard++)
            ranges.Add(new ShardRange(start, shard < larger ? size + 1 : size));
        return ranges.MoveToImmutable();
    }

    private static ulong HashOf(StepPlan plan)
    {
        var hash = new XxHash64();
        Append(hash, plan.Step);
        Append(hash, plan.Epoch);
        if (plan.Dataset > 0)
            Append(hash, plan.Dataset); // the first one's plans hash as those of a job with a single dataset
        Append(hash, plan.Rows.Length);
        foreach (var row in plan.Rows)
            Append(hash, row);
        foreach (var shard in plan.Shards)
            Append(hash, shard.End);
        return hash.GetCurrentHashAsUInt64();
    }

    private static void Append(XxHash64 hash, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        hash.Append(bytes);
    }
}
