using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Hosting;

/// <summary>One life of the coordinator, from arguments to exit code.</summary>
internal static partial class CoordinatorProgram
{
    /// <param name="arguments">What the command line says.</param>
    /// <param name="createLoggers">Makes the log of a run with this id.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="BadInputException">Something given is not usable.</exception>
    public static async Task<int> RunAsync(CoordinatorArguments arguments, Func<string, ILoggerFactory> createLoggers, TimeProvider time)
    {
        using var signals = new StopSignals(arguments.HasLifeline);
        using var run = PreparedRun.From(arguments, time);
        var facts = run.Journal.Facts;
        using var loggers = createLoggers(facts.RunId);
        var logger = loggers.CreateLogger(typeof(CoordinatorProgram));
        if (facts.IsFinished)
        {
            LogAlreadyFinished(logger, facts.StepsDecided, run.Folder);
            return ExitCodes.Done;
        }

        await using var host = new CoordinatorHost(run, arguments.Listen, arguments.Status, time, loggers);
        signals.Attach(host.Loop);
        await host.StartAsync(CancellationToken.None);
        var addresses = host.Addresses;
        RunFolder.WriteAddresses(run.Folder, addresses);
        if (run.IsReopened)
            LogModelMissing(logger, run.Folder);
        if (facts.StepsDecided > 0)
            LogResuming(logger, facts.Incarnation, facts.StepsDecided, run.Plan.TotalSteps);
        LogListening(logger, addresses.Grpc, addresses.Status, run.Options.Rendezvous.Workers);

        using var ended = new CancellationTokenSource();
        // Not Console.In, whose reads block their caller. Nobody waits for the end of this one: a read from a terminal or pipe cannot be cancelled.
        using var input = new StreamReader(Console.OpenStandardInput());
        _ = signals.ReadLifelineAsync(host.Loop, input, ended.Token);
        var exitCode = await host.Loop.RunAsync();
        await ended.CancelAsync();
        RunFolder.RemoveAddresses(run.Folder);
        await host.StopAsync(CancellationToken.None);
        return exitCode;
    }

    [LoggerMessage(LogLevel.Information, "Listening for {Workers} workers at {Grpc}, status page at {Status}")]
    private static partial void LogListening(ILogger logger, string grpc, string status, int workers);

    [LoggerMessage(LogLevel.Information, "Resuming, life {Incarnation} of the coordinator: {Step} of {TotalSteps} steps are decided")]
    private static partial void LogResuming(ILogger logger, long incarnation, long step, long totalSteps);

    [LoggerMessage(LogLevel.Warning, "This run was finished, but its model is missing in {Folder}: it is saved again from the newest state that is left; --fresh starts over")]
    private static partial void LogModelMissing(ILogger logger, string folder);

    [LoggerMessage(LogLevel.Information, "This run is finished ({Step} steps) in {Folder}: give another output folder, or --fresh to start over")]
    private static partial void LogAlreadyFinished(ILogger logger, long step, string folder);
}
