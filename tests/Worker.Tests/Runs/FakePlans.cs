using Distributed.Data.Planning;

namespace Distributed.Worker.Tests.Runs;

/// <summary>Eight rows a step, in four shards.</summary>
internal sealed class FakePlans : IStepPlans
{
    public const int Shards = 4;

    public long TotalSteps => 1000;

    public StepPlan Plan(long step) => new()
    {
        Step = step,
        Epoch = 0,
        Rows = [.. Enumerable.Range((int)step * 8, 8)],
        Shards = [.. Enumerable.Range(0, Shards).Select(s => new ShardRange(s * 2, 2))],
        Hash = 0xABCD0000 + (ulong)step,
    };
}
