using System.CommandLine;
using Distributed.Worker.Collectives;
using Distributed.Worker.Hosting;

namespace Distributed.Worker.Verbs;

/// <summary>`run --job FILE --coordinator URL --id NAME`: takes part in a training run.</summary>
internal static class RunVerb
{
    private const int LongestId = 128;
    private const int DefaultPatience = 60;
    private const int LongestPatience = 86_400;

    /// <summary>The verb with its options.</summary>
    /// <param name="run">Does it; returns the process's exit code.</param>
    public static Command Create(Func<WorkerArguments, Task<int>> run)
    {
        Option<string> job = new("--job") { Description = "The job file, the same as the coordinator's.", Required = true, HelpName = "FILE" };
        Option<Uri> coordinator = new("--coordinator")
        {
            Description = "Where the coordinator listens for workers.", Required = true, HelpName = "URL",
            CustomParser = argument => Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" ? url : Refuse(argument),
        };
        Option<string> id = new("--id") { Description = "Stable name of this worker's place, such as its pod's name.", Required = true, HelpName = "NAME" };
        id.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value.Length: 0 or > LongestId }])
                result.AddError($"--id: expected 1 to {LongestId} characters");
        });
        Option<bool> lifeline = new("--lifeline") { Description = "End when standard input closes, and leave SIGINT to whoever started this." };
        var patience = VerbOptions.Positive(
            "--patience", $"Seconds to try for, where the coordinator has never answered; default {DefaultPatience}.", LongestPatience);
        Option<PeerTransport> peers = new("--peers")
        {
            Description = "How other workers of this machine reach this one: unix sockets or tcp.", DefaultValueFactory = _ => PeerTransport.Unix,
        };
        Option<string?> torch = new("--torch") { Description = "Folder of another libtorch, such as torch/lib of a Python install.", HelpName = "DIR" };

        Command command = new("run", "Takes part in a training run.") { job, coordinator, id, lifeline, patience, peers, torch };
        command.SetAction((arguments, _) => run(new WorkerArguments(
            arguments.GetRequiredValue(job),
            arguments.GetRequiredValue(coordinator),
            arguments.GetRequiredValue(id),
            arguments.GetValue(lifeline),
            TimeSpan.FromSeconds(arguments.GetValue(patience) ?? DefaultPatience),
            arguments.GetValue(peers),
            arguments.GetValue(torch))));
        return command;
    }

    private static Uri? Refuse(System.CommandLine.Parsing.ArgumentResult argument)
    {
        argument.AddError($"--coordinator {argument.Tokens[0].Value}: expected http://HOST:PORT");
        return null;
    }
}
