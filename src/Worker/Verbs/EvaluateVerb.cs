using System.CommandLine;
using Distributed.Hub;
using Distributed.Jobs;
using Distributed.Worker.Verbs.Models;

namespace Distributed.Worker.Verbs;

/// <summary>`evaluate --model MODEL --job FILE`: retrieval scores of a model.</summary>
internal static class EvaluateVerb
{
    /// <summary>The verb with its options.</summary>
    public static Command Create(HubOptions hub)
    {
        var model = VerbOptions.Model();
        RetrievalFileOptions files = new();
        Option<bool> json = new("--json") { Description = "Print JSON instead of a table." };
        var threads = VerbOptions.Threads("Threads of matrix products; without it as the job says, else half of the processors.");
        var tokens = VerbOptions.BatchTokens("without it as the job says, else");

        Command command = new("evaluate", "Retrieval scores of a model: nDCG@10, MRR@10, recall@1 and recall@10.") { model };
        files.AddTo(command);
        foreach (Option option in (Option[])[json, threads, tokens])
            command.Options.Add(option);
        command.SetVerb((arguments, cancellationToken) =>
        {
            var job = files.Job(arguments) is { } path ? JobFile.Load(path) : null;
            var asked = new EvaluateArguments(
                arguments.GetRequiredValue(model),
                files.Files(arguments) ?? job?.Evaluation ?? throw new VerbException($"{files.Job(arguments)}: the job has no evaluation section"),
                arguments.GetValue(json),
                arguments.GetValue(threads) ?? job?.Workers.Threads ?? VerbOptions.DefaultThreads,
                arguments.GetValue(tokens) ?? job?.Batch.TokensPerMicroBatch ?? VerbOptions.DefaultBatchTokens);
            var streams = arguments.InvocationConfiguration;
            return new EvaluateRun(asked, new ModelSource(hub, streams.Error, TimeProvider.System), streams.Output, TimeProvider.System).RunAsync(cancellationToken);
        });
        return command;
    }
}
