using System.Collections.Immutable;
using Distributed.Data.Planning;

namespace Distributed.Worker.Collectives;

/// <summary>Who connects to whom in a generation.</summary>
/// <param name="RunId">Run that all members belong to.</param>
/// <param name="Key">The generation.</param>
/// <param name="Rank">This process's place.</param>
/// <param name="Endpoints">Where each rank listens.</param>
/// <param name="Runs">Logical shards of each rank.</param>
internal sealed record MeshPlan(string RunId, GenerationKey Key, int Rank, ImmutableArray<PeerEndpoint> Endpoints, ImmutableArray<ShardRun> Runs);
