// The `distributed` command: trains a model on this machine, and uses what it trained.
// The smallest command that does something, in the repository's root, on a CPU:
//   dotnet run -c Release --project src/Cli -- train jobs/wordnet.yaml
using System.CommandLine;
using Distributed.Cli.Commands;

var root = new RootCommand(
    """
    Trains sentence-embedding models: one coordinator, any number of workers, the same result for every number of them.

    Example:
      distributed init job.yaml
      distributed train job.yaml
      distributed encode --model runs/job/model --input texts.txt --output embeddings.npy
    """)
{
    TrainCommand.Create(AppContext.BaseDirectory, TimeProvider.System),
    InitCommand.Create(),
    WorkerVerb.Encode(AppContext.BaseDirectory),
    WorkerVerb.Evaluate(AppContext.BaseDirectory),
};

// Signals are the commands' own business.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
