using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Hub;
using Distributed.Jobs;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using Distributed.Worker.Membership;
using Distributed.Worker.Runs;
using Grpc.Core;

namespace Distributed.Worker.Hosting;

/// <summary>What an exception that ends a worker means to its user.</summary>
/// <param name="ExitCode">The process's exit code.</param>
/// <param name="Lines">Why, in one line; a job file's mistakes have a line each.</param>
internal sealed record WorkerFailure(int ExitCode, ImmutableArray<string> Lines)
{
    /// <summary>What <paramref name="exception"/> means; null: a defect of the program.</summary>
    public static WorkerFailure? Of(Exception exception) => exception switch
    {
        CoordinatorUnreachableException => new(ExitCodes.CoordinatorUnreachable, [exception.Message]),
        RpcException rpc => new(ExitCodes.BadInput, [OneLine($"the coordinator refused the call: {rpc.StatusCode}, {rpc.Status.Detail}")]),
        JobFileException => new(ExitCodes.BadInput, [.. exception.Message.Split('\n')]),
        _ when IsBadInput(exception) => new(ExitCodes.BadInput, [OneLine(exception.Message)]),
        _ => null,
    };

    private static bool IsBadInput(Exception e) =>
        e is DataFormatException or HubException or JobConflictException or ModelFormatException or LossException or TorchRuntimeException or RunConflictException or IOException or UnauthorizedAccessException;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
