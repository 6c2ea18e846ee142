using System.Collections.Immutable;
using Distributed.Data.Planning;

namespace Distributed.Coordinator.Rendezvous;

/// <summary>An agreed membership. Every change of membership makes a new one.</summary>
/// <param name="Number">Grows with each generation of a run, over all lives of the coordinator.</param>
/// <param name="Members">In rank order.</param>
internal sealed record Generation(long Number, ImmutableArray<GenerationMember> Members);

/// <summary>One rank of a generation.</summary>
/// <param name="WorkerId">The worker's place.</param>
/// <param name="Connection">The stream it had when the generation was formed.</param>
/// <param name="ProcessIncarnation">The life of its process.</param>
/// <param name="PeerEndpoint">Where peers reach it.</param>
/// <param name="Shards">The consecutive logical shards it computes.</param>
internal sealed record GenerationMember(string WorkerId, long Connection, string ProcessIncarnation, string PeerEndpoint, ShardRun Shards);
