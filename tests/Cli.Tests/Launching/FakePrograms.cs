using System.Collections.Immutable;
using Distributed.Cli.Launching;

namespace Distributed.Cli.Tests.Launching;

/// <summary>Small shell scripts in the place of coordinator and workers, and the folder in which they leave traces.</summary>
internal sealed class FakePrograms : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("distributed-cli-");

    public FakePrograms()
    {
        OutputFolder = _root.CreateSubdirectory("run").FullName;
    }

    /// <summary>Says where it listens, then obeys its standard input: ends at "stop" and when it closes.</summary>
    public string ObedientCoordinator => Listening() + ObeyInput;

    /// <summary>Ends when its standard input closes (`read` fails with 1, with more at its time limit) or the coordinator is gone; leaves its process id.</summary>
    public string PatientWorker => Leave("worker-pid") + $$"""
        while true; do
          read -r -t 0.1 line; result=$?
          if [ $result -eq 1 ] || ! kill -0 "$(tail -n 1 '{{Trace("coordinator-pid")}}')"; then exit 0; fi
        done
        """;

    public string OutputFolder { get; }

    private const string ObeyInput = "while read -r line; do if [ \"$line\" = stop ]; then exit 0; fi; done; exit 7";

    public string Trace(string name) => Path.Combine(_root.FullName, name);

    public string[] Traces(string name) => File.Exists(Trace(name)) ? File.ReadAllLines(Trace(name)) : [];

    /// <summary>Adds the script's process id to a trace.</summary>
    public string Leave(string name) => $"echo $$ >> '{Trace(name)}'; ";

    /// <summary>Writes coordinator.json.</summary>
    public string Listening(string status = "http://127.0.0.1:9/")
        => $$"""printf '{"pid":%d,"grpc":"http://127.0.0.1:9/","status":"{{status}}"}' $$ > '{{OutputFolder}}/new'; mv '{{OutputFolder}}/new' '{{OutputFolder}}/coordinator.json'; """
            + Leave("coordinator-pid");

    public ClusterPlan Plan(string coordinator, params ImmutableArray<string> workers) => new()
    {
        Coordinator = Script(coordinator),
        Workers = [.. workers.Select(Script)],
        OutputFolder = OutputFolder,
        OwnEndLimit = TimeSpan.FromSeconds(0.2),
    };

    /// <summary>Waits until <paramref name="count"/> processes have left a trace.</summary>
    public Task TraceAsync(string name, int count) => UntilAsync(() => Traces(name).Length >= count, $"{count} × {name}");

    /// <summary>Waits until the launcher has logged a text.</summary>
    public Task LogAsync(string text)
    {
        var log = Path.Combine(OutputFolder, "logs", "distributed.clef");
        return UntilAsync(() => File.Exists(log) && File.ReadAllText(log).Contains(text, StringComparison.Ordinal), $"'{text}' in the log");
    }

    /// <summary>Waits until every process that left its id has ended: a zombie counts as ended, its parent being gone.</summary>
    public Task AllEndedAsync()
        => UntilAsync(() => Traces("worker-pid").Concat(Traces("coordinator-pid")).All(pid => !Directory.Exists($"/proc/{pid}") || IsZombie(pid)), "the end of all");

    private static bool IsZombie(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            while (!condition())
                await Task.Delay(10, limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"waited 60 s for {what}");
        }
    }

    public void Dispose() => _root.Delete(recursive: true);

    private static ChildCommand Script(string text) => new("/bin/bash", ["-c", text]);
}
