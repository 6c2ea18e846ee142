using Distributed.Data.Planning;
using Distributed.Training.Collectives;

namespace Distributed.Worker.Verbs;

/// <summary>Verbs that work without a coordinator are a generation of one.</summary>
internal static class SingleProcess
{
    /// <summary>Rank 0 of 1.</summary>
    public static ICollectives Collectives() => LoopbackCollectives.Create(1, [new ShardRun(0, 1)])[0];
}
