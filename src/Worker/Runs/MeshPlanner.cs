using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Protocol;
using Distributed.Worker.Collectives;

namespace Distributed.Worker.Runs;

/// <summary>This process's place in a generation, and everyone else's.</summary>
internal static class MeshPlanner
{
    /// <summary>The mesh that a generation asks for.</summary>
    /// <exception cref="RunConflictException">This process is not among the members, or the members cannot be connected.</exception>
    public static MeshPlan PlanOf(GenerationStarted started, string runId, string processIncarnation)
    {
        int rank = started.Members.ToList().FindIndex(m => m.ProcessIncarnation == processIncarnation);
        if (rank < 0)
            throw new RunConflictException($"generation {started.Generation} does not name this process among its {started.Members.Count} members");

        var runs = started.Members.Select(m => new ShardRun(m.FirstShard, m.ShardCount)).ToImmutableArray();
        if (runs[0].First != 0 || runs.Any(r => r.Count < 1) || runs.Zip(runs.Skip(1)).Any(pair => pair.First.End != pair.Second.First))
            throw new RunConflictException($"generation {started.Generation} does not deal consecutive shards: {string.Join(", ", runs)}");

        return new MeshPlan(
            runId,
            new GenerationKey(started.CoordinatorIncarnation, started.Generation),
            rank,
            [.. started.Members.Select(m => Endpoint(m.PeerEndpoint))],
            runs);
    }

    private static PeerEndpoint Endpoint(string text)
    {
        try
        {
            return PeerEndpoint.Parse(text);
        }
        catch (FormatException e)
        {
            throw new RunConflictException(e.Message);
        }
    }
}
