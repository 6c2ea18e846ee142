using Distributed.Data.Planning;
using Distributed.Training.Collectives;
using Distributed.Worker.Collectives;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Benchmarks.Ours;

/// <summary>Connects the processes of our side by the engine that workers use. The parent passes the endpoints on, as the coordinator would.</summary>
internal static class BenchmarkMesh
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    /// <summary>Says where this rank listens, reads where all ranks do, and connects.</summary>
    /// <param name="rank">This process's place.</param>
    /// <param name="shards">Logical shards of the job.</param>
    /// <param name="listener">Open for this process.</param>
    /// <param name="commands">A line of endpoints in rank order comes from here.</param>
    /// <param name="answers">The own endpoint goes here.</param>
    public static async Task<ICollectives> FormAsync(int rank, int shards, PeerListener listener, TextReader commands, TextWriter answers)
    {
        await answers.WriteLineAsync(listener.Endpoint.ToString());
        await answers.FlushAsync();
        var endpoints = (await commands.ReadLineAsync() ?? throw new EndOfStreamException()).Split(' ');
        var runs = ShardDealer.Deal(shards, [.. endpoints.Select(_ => 1.0)]);
        var plan = new MeshPlan("benchmark", new GenerationKey(1, 1), rank, [.. endpoints.Select(PeerEndpoint.Parse)], runs);
        return await PeerMesh.FormAsync(listener, plan, Timeout, TimeProvider.System, CancellationToken.None);
    }

    /// <summary>Listens for the other ranks.</summary>
    public static PeerListener Listen() => PeerListener.Listen(PeerTransport.Unix, TimeProvider.System, NullLogger<PeerListener>.Instance);
}
