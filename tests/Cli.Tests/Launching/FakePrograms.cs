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

    /// <summary>Ends when its standard input closes, leaving its process id.</summary>
    public string PatientWorker => Leave("worker-pid") + "while read -r line; do :; done; exit 0";

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

    public void Dispose() => _root.Delete(recursive: true);

    private static ChildCommand Script(string text) => new("/bin/bash", ["-c", text]);
}
