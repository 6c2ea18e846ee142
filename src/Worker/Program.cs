// One worker of a training run, or a trained model at work. The smallest commands that run it on a CPU:
//   Distributed.Worker run --job job.yaml --coordinator http://127.0.0.1:5000 --id worker-0
//   Distributed.Worker encode --model runs/wordnet/model --text "the bank of a river"
using System.CommandLine;
using Distributed.Hub;
using Distributed.Worker.Hosting;
using Distributed.Worker.Verbs;
using Distributed.Worker.Verbs.Encode;
using Distributed.Worker.Verbs.Mining;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Compact;

#pragma warning disable RS0030 // The composition root is where the environment is read.
var hub = HubOptions.FromEnvironment(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
#pragma warning restore RS0030

var command = new RootCommand("Computes: a worker of a training run, or a trained model at work.")
{
    RunVerb.Create(arguments => WorkerProgram.RunAsync(arguments, hub, CreateLoggers, TimeProvider.System)),
    EncodeVerb.Create(hub),
    EvaluateVerb.Create(hub),
    CheckLossVerb.Create(),
    MineVerb.Create(hub),
    MergeVerb.Create(hub),
};
var parsed = command.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
        await Console.Error.WriteLineAsync($"error: {error.Message}");
    return ExitCodes.BadInput;
}

return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

// Readable on a terminal, one JSON object a line elsewhere.
static ILoggerFactory CreateLoggers(string workerId)
{
    var configuration = new LoggerConfiguration()
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .MinimumLevel.Override("Grpc", LogEventLevel.Fatal) // a lost stream is the client's own event
        .Enrich.FromLogContext()
        .Enrich.WithProperty("WorkerId", workerId);
    configuration = Console.IsOutputRedirected
        ? configuration.WriteTo.Console(new CompactJsonFormatter())
        : configuration.WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {WorkerId} {Message:lj}{NewLine}{Exception}");
    return new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true);
}
