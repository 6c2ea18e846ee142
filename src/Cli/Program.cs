// The `distributed` command: trains a model on this machine, and uses what it trained.
// The smallest command that does something, in the repository's root, on a CPU:
//   dotnet run -c Release --project src/Cli -- train jobs/wordnet.yaml
using System.CommandLine;
using System.CommandLine.Invocation;
using Distributed.Cli;
using Distributed.Cli.Commands;
using Distributed.Cli.Launching;
using Distributed.Hub;

if (GroupVerb.Takes(args))
    return await GroupVerb.RunAsync(AppContext.BaseDirectory, args, Console.Out, Console.Error, TimeProvider.System);

if (WorkerVerb.Takes(args))
    return await WorkerVerb.RunAsync(AppContext.BaseDirectory, args, Console.Out, Console.Error, TimeProvider.System);

#pragma warning disable RS0030 // The composition root is where the environment is read.
var searchPath = Environment.GetEnvironmentVariable("PATH");
var hub = HubOptions.FromEnvironment(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
#pragma warning restore RS0030
var ownName = OwnName.Words(Environment.ProcessPath, AppContext.BaseDirectory, searchPath, Environment.CurrentDirectory);
var root = new RootCommand(
    """
    Trains sentence-embedding models: one coordinator, any number of workers, the same result for every number of them.

    Example:
      distributed init job.yaml
      distributed train job.yaml
      distributed encode --model runs/job/model --input texts.txt --output embeddings.npy
    """)
{
    TrainCommand.Create(AppContext.BaseDirectory, [.. ownName], hub, TimeProvider.System),
    InitCommand.Create(),
};
foreach (var verb in WorkerVerb.List())
    root.Add(verb);

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
{
    foreach (var error in parsed.Errors)
        await Console.Error.WriteLineAsync(error.Message);
    var command = parsed.CommandResult.Command;
    await Console.Error.WriteLineAsync(command == root ? "distributed --help lists the commands" : $"distributed {command.Name} --help lists the options");
    return ExitCodes.Refused;
}

// Signals are the commands' own business.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
