using Distributed.Protocol;
using Grpc.Core;
using Grpc.Net.Client;

namespace Distributed.Coordinator.Tests.Endpoints;

/// <summary>A worker that computes nothing: it says what a right one would, until it hears Stop or its stream ends.</summary>
internal sealed class ScriptedWorker(string id, string url, string jobHash, string fingerprint)
{
    public List<Decision> Decisions { get; } = [];

    public List<long> Generations { get; } = [];

    /// <summary>Steps that its state includes.</summary>
    public long StepsDecided { get; set; }

    /// <summary>Called before each vote; returns false to end the stream instead, as a process that dies does.</summary>
    public Func<long, bool> LivesAt { get; init; } = _ => true;

    /// <summary>Takes part until the end.</summary>
    /// <returns>How it was told to stop; null: the stream ended before.</returns>
    public async Task<Stop?> RunAsync(CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(url);
        using var call = new Protocol.Coordinator.CoordinatorClient(channel).Join(cancellationToken: cancellationToken);
        await call.RequestStream.WriteAsync(new WorkerMessage { Hello = Hello() }, cancellationToken);
        await call.RequestStream.WriteAsync(Standby(), cancellationToken);
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            if (message.BodyCase is CoordinatorMessage.BodyOneofCase.Stop)
                return message.Stop;
            if (message.Task?.TrainStep is { } step && !LivesAt(step.Step))
                return null;
            if (Answer(message) is { } answer)
                await call.RequestStream.WriteAsync(answer, cancellationToken);
        }

        return null;
    }

    private Hello Hello() => new()
    {
        ProtocolVersion = 2, WorkerId = id, ProcessIncarnation = Guid.NewGuid().ToString(), PeerEndpoint = "unix:/nowhere",
        JobHash = jobHash, DataFingerprint = fingerprint,
    };

    private WorkerMessage Standby() => new() { Standby = new() { Held = new() { StepsDecided = StepsDecided } } };

    private WorkerMessage? Answer(CoordinatorMessage message)
    {
        switch (message.BodyCase)
        {
            case CoordinatorMessage.BodyOneofCase.GenerationStarted:
                Generations.Add(message.GenerationStarted.Generation);
                StepsDecided = message.GenerationStarted.StepsDecided;
                return new() { Ready = new() { Generation = message.GenerationStarted.Generation } };
            case CoordinatorMessage.BodyOneofCase.GenerationClosed:
                return Standby();
            case CoordinatorMessage.BodyOneofCase.Decision:
                Decisions.Add(message.Decision);
                StepsDecided = message.Decision.Step + 1;
                return null;
            case CoordinatorMessage.BodyOneofCase.Task:
                return Answer(message.Task);
            default:
                return null;
        }
    }

    private static WorkerMessage Answer(Protocol.Task task) => task.TrainStep is { } step
        ? new()
        {
            Vote = new()
            {
                Generation = task.Generation, Step = step.Step, Finite = true, GradientDigest = 7000 + (ulong)step.Step, RowsHash = step.PlanHash,
                Loss = 1.0 / (1 + step.Step), GradientNorm = 1, Timings = new() { Total = 0.1 }, Watch = { ["mean_cosine"] = 0.25, ["loss"] = 1 },
            },
        }
        : new() { Report = new() { Generation = task.Generation, Sequence = task.Sequence } };
}
