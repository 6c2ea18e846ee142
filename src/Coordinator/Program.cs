// One training run's coordinator. The smallest command that runs it on a CPU, with one worker to join it:
//   Distributed.Coordinator --job job.yaml --workers 1 --listen http://127.0.0.1:5000 --status http://127.0.0.1:5001
using Distributed.Coordinator.Hosting;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Runs;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Compact;

try
{
    return await CommandLine.InvokeAsync(args, arguments => CoordinatorProgram.RunAsync(arguments, CreateLoggers, TimeProvider.System));
}
catch (BadInputException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return ExitCodes.BadInput;
}
catch (JournalException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return ExitCodes.Failed;
}

// Readable on a terminal, one JSON object a line elsewhere.
static ILoggerFactory CreateLoggers(string runId)
{
    var configuration = new LoggerConfiguration()
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        // A start that fails is thrown as well, and told in one line.
        .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal)
        .MinimumLevel.Override("Grpc", LogEventLevel.Warning)
        .Enrich.WithProperty("RunId", runId);
    configuration = Console.IsOutputRedirected
        ? configuration.WriteTo.Console(new CompactJsonFormatter())
        : configuration.WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}");
    return new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true);
}
