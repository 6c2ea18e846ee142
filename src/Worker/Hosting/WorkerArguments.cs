using Distributed.Worker.Collectives;

namespace Distributed.Worker.Hosting;

/// <summary>What the command line of `run` says.</summary>
/// <param name="JobFile">The job.</param>
/// <param name="Coordinator">Where the coordinator's gRPC service listens.</param>
/// <param name="WorkerId">Stable name of this worker's place.</param>
/// <param name="HasLifeline">Whether the process ends when its standard input closes.</param>
/// <param name="Patience">How long a coordinator that has never answered is tried for.</param>
/// <param name="Peers">What carries tensors between workers.</param>
/// <param name="TorchFolder">Folder of libtorch.so; null: the package.</param>
internal sealed record WorkerArguments(
    string JobFile, Uri Coordinator, string WorkerId, bool HasLifeline, TimeSpan Patience, PeerTransport Peers, string? TorchFolder);
