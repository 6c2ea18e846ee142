using Distributed.Data.Planning;
using Distributed.Protocol;
using Distributed.Worker.Tests.Membership;
using WorkTask = Distributed.Protocol.Task;

namespace Distributed.Worker.Tests.Runs;

/// <summary>What the fake coordinator says.</summary>
internal static class Script
{
    public static readonly FakePlans Plans = new();

    public static CoordinatorMessage Started(long generation, long stepsDecided, IReadOnlyList<WorkerStream> members, Action<GenerationStarted>? change = null)
    {
        var started = new GenerationStarted { Generation = generation, CoordinatorIncarnation = 1, StepsDecided = stepsDecided };
        var runs = ShardDealer.Deal(FakePlans.Shards, Enumerable.Repeat(1.0, members.Count).ToArray());
        started.Members.AddRange(members.Select((m, rank) => new GenerationMember
        {
            WorkerId = m.Hello.WorkerId,
            ProcessIncarnation = m.Hello.ProcessIncarnation,
            PeerEndpoint = m.Hello.PeerEndpoint,
            FirstShard = runs[rank].First,
            ShardCount = runs[rank].Count,
        }));
        change?.Invoke(started);
        return new CoordinatorMessage { GenerationStarted = started };
    }

    public static CoordinatorMessage Closed(long generation) => new() { GenerationClosed = new GenerationClosed { Generation = generation, Reason = "test" } };

    public static CoordinatorMessage Train(long generation, long sequence, long step, bool checkpointAfter = false) => new()
    {
        Task = new WorkTask
        {
            Generation = generation,
            Sequence = sequence,
            TrainStep = new TrainStep { Step = step, PlanHash = Plans.Plan(step).Hash, CheckpointAfter = checkpointAfter },
        },
    };

    public static CoordinatorMessage Do(WorkTask task) => new() { Task = task };

    public static CoordinatorMessage Decide(long generation, long step, Outcome outcome, ulong digest) => new() { Decision = Decision(generation, step, outcome, digest) };

    public static Decision Decision(long generation, long step, Outcome outcome, ulong digest) =>
        new() { Generation = generation, Step = step, Outcome = outcome, GradientDigest = digest };

    public static CoordinatorMessage Stop(StopReason reason) => new() { Stop = new Stop { Reason = reason, Detail = "test" } };

    /// <summary>Starts a generation of all streams and waits until all are ready.</summary>
    public static async Task FormAsync(
        long generation, long stepsDecided, IReadOnlyList<WorkerStream> members, Action<GenerationStarted>? change = null)
    {
        foreach (var member in members)
            member.Send(Started(generation, stepsDecided, members, change));
        foreach (var member in members)
            Assert.Equal(generation, (await member.NextAsync()).Ready?.Generation);
    }

    /// <summary>One committed step; returns its digest.</summary>
    public static async Task<ulong> CommitAsync(
        long generation, long sequence, long step, IReadOnlyList<WorkerStream> members, bool checkpointAfter = false)
    {
        ulong digest = await VoteAsync(generation, sequence, step, members, checkpointAfter);
        foreach (var member in members)
            member.Send(Decide(generation, step, Outcome.Commit, digest));
        return digest;
    }

    /// <summary>A step to its votes, which are equal.</summary>
    public static async Task<ulong> VoteAsync(long generation, long sequence, long step, IReadOnlyList<WorkerStream> members, bool checkpointAfter = false)
    {
        foreach (var member in members)
            member.Send(Train(generation, sequence, step, checkpointAfter));
        var digests = new HashSet<ulong>();
        foreach (var member in members)
        {
            var vote = (await member.NextAsync()).Vote;
            Assert.Equal((generation, step), (vote.Generation, vote.Step));
            digests.Add(vote.GradientDigest);
        }
        return Assert.Single(digests);
    }
}
