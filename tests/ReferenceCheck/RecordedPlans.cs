using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Testing;

namespace Distributed.ReferenceCheck;

/// <summary>The global batches that the peer trained on, in its order.</summary>
internal sealed class RecordedPlans(ImmutableArray<ImmutableArray<int>> rows, int shards) : IStepPlans
{
    public long TotalSteps => rows.Length;

    public StepPlan Plan(long step) => new()
    {
        Step = step,
        Epoch = 0,
        Rows = rows[(int)step],
        Shards = LossRun.Shards(rows[(int)step].Length, shards),
        Hash = (ulong)step,
    };
}
