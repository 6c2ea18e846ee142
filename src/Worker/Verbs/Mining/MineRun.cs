using Distributed.Training.Collectives;
using Distributed.Training.Evaluation;
using Distributed.Training.Inference;
using Distributed.Training.Mining;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using Distributed.Worker.Verbs.Files;
using Distributed.Worker.Verbs.Groups;
using Distributed.Worker.Verbs.Models;

namespace Distributed.Worker.Verbs.Mining;

/// <summary>One process's part of `mine`. All read the texts; they share encoding and queries; rank 0 writes.</summary>
internal sealed class MineRun(MineArguments arguments, GroupPlace place, ModelSource models, TextWriter output, TextWriter error, TimeProvider time)
{
    private static readonly long MostNegatives = Array.MaxLength / 8; // of 8 bytes, in one buffer

    /// <summary>Does it.</summary>
    public async Task RunAsync()
    {
        await using var group = await VerbGroup.JoinAsync(place, time);
        var set = MineReader.Read(arguments.Input);
        RequirePossible(set);
        if (group.Collectives.Rank == 0)
            MinedFile.RequireWritable(arguments.Output.Path);

        var folder = await models.SharedFolderAsync(arguments.Model, group);
        if (OutputPlace.ConflictWithModel(arguments.Output.Path, folder) is { } conflict) // the hub's cache has a place of its own
            throw new VerbException(conflict);
        var mined = await MineAsync(set, folder, group.Collectives, group.Ended);
        if (mined.Tally.Considered == 0 || Enumerable.Range(0, set.Queries.Length).All(query => mined.Of(query).IsEmpty))
            throw new VerbException(NothingFound(mined.Tally));
        await WriteAsync(set, mined, group);
        await group.LeaveAsync();
    }

    private void RequirePossible(MiningSet set)
    {
        if ((long)set.Queries.Length * arguments.Options.Negatives > MostNegatives)
            throw new VerbException($"{set.Queries.Length} queries with {arguments.Options.Negatives} negatives are more than one run holds ({MostNegatives} in all): mine a part with --limit, or fewer negatives");
    }

    private async Task<MinedNegatives> MineAsync(MiningSet set, string folder, ICollectives collectives, CancellationToken cancellationToken)
    {
        TorchRuntime.Initialize(arguments.Threads);
        using var model = EmbeddingModel.Load(folder);
        var encoded = Progress("encoded", (long)set.Queries.Length + set.Candidates.Length);
        var miner = new NegativeMiner(
            Embedding(arguments.Input.AnchorPrompt ?? model.QueryPrompt), Embedding(arguments.Input.CorpusPrompt ?? model.DocumentPrompt), collectives, arguments.Options)
        {
            Compared = Progress("compared", (long)set.Queries.Length * set.Candidates.Length),
        };
        return await miner.MineAsync(set, cancellationToken);

        TextEmbedding Embedding(string prompt)
        {
            var encoder = new TextEncoder(model, collectives, arguments.TokensPerMicroBatch, prompt);
            return (texts, cancelled) => encoder.EncodeAsync(texts, encoded, cancelled);
        }
    }

    private GroupProgress? Progress(string name, long total) => place.Peers is null ? null : new GroupProgress(name, total, error, time);

    private static string NothingFound(SelectionTally tally) =>
        $"no pair has a negative: of {tally.Considered} candidates within the ranks, {tally.WithinMargin} are too similar beside the positive (--margin none takes them), " +
        $"{tally.AboveMaxScore} above --max-score, {tally.BelowMinScore} below --min-score";

    /// <summary>Nobody's file appears unless every process has come to its end.</summary>
    private async Task WriteAsync(MiningSet set, MinedNegatives mined, VerbGroup group)
    {
        if (group.Collectives.Rank != 0)
        {
            await group.Collectives.BarrierAsync(group.Ended);
            return;
        }

        using var file = new MinedFile(arguments.Output);
        var summary = file.Write(arguments.Input, arguments.Options, set, mined, group.Ended);
        await group.Collectives.BarrierAsync(group.Ended);
        file.Commit();
        await output.WriteLineAsync(summary.Text(arguments, set, mined.Tally));
    }
}
