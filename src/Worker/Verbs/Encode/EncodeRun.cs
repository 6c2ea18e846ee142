using Distributed.Jobs;
using Distributed.Training.Inference;
using Distributed.Training.Inference.Quantization;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using Distributed.Worker.Verbs.Files;
using Distributed.Worker.Verbs.Groups;
using Distributed.Worker.Verbs.Models;

namespace Distributed.Worker.Verbs.Encode;

/// <summary>
/// One process's part of `encode`. All read the texts, window by window, and share encoding; rank 0 writes, into a file that appears only when it is complete.
/// Ranges that nothing but the embeddings themselves can give are known at the end: until then rank 0 keeps the embeddings on disk.
/// </summary>
internal sealed class EncodeRun(EncodeArguments arguments, GroupPlace place, ModelSource models, TextWriter error, TimeProvider time)
{
    // Below it, the next embedding is likely to lie outside the ranges.
    private const int FewForRanges = 100;

    private string Dtype => arguments.Dtype.ToString().ToLowerInvariant();

    /// <summary>Does it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var group = await VerbGroup.JoinAsync(place, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(group.Ended, cancellationToken);
        using var output = group.Collectives.Rank == 0 ? EmbeddingOutput.Open(arguments.Output) : null;
        var folder = await models.SharedFolderAsync(arguments.Model, group);
        if (OutputPlace.ConflictWithModel(arguments.Output, folder) is { } conflict) // the hub's cache has a place of its own
            throw new VerbException(conflict);

        TorchRuntime.Initialize(arguments.Settings.Threads);
        using var model = EmbeddingModel.Load(folder);
        if (arguments.Settings.Precision == Precision.BFloat16)
            model.KeepBFloat16();
        var source = EmbeddingSource.Create(model, group.Collectives, arguments.Settings);
        await EncodeAsync(source, group, output, either.Token);

        if (output is not null)
            await output.CompleteAsync(either.Token);
        await group.Collectives.BarrierAsync(either.Token); // nobody's file appears unless every process has come to its end
        output?.Commit();
        if (output?.Summary is { } summary)
            await error.WriteLineAsync($"{summary}, {source.Dim} dimensions, {Dtype}");
        await group.LeaveAsync();
    }

    private async Task EncodeAsync(EmbeddingSource source, VerbGroup group, EmbeddingOutput? output, CancellationToken cancellationToken)
    {
        var calibrated = arguments.Input.Calibration is { } file
            ? await RangesAsync(source, TextSource.Read(file, arguments.Input.Column), group, cancellationToken)
            : null;
        using var spill = calibrated is null && output is not null && EmbeddingQuantizer.NeedsRanges(arguments.Dtype) ? new EmbeddingSpill(SpillFolder()) : null;
        var ranges = calibrated ?? new DimensionRanges(source.Dim);
        await WriteAsync([], new EmbeddingMatrix([], source.Dim), ranges, output, cancellationToken); // a file without texts has its columns too
        using (var progress = await EncodeProgress.CreateAsync("encoded", arguments.Input.Read, place, group, error, time))
            await foreach (var (texts, embeddings) in source.EncodeAsync(arguments.Input.Read(), progress, cancellationToken))
            {
                if (spill is null)
                {
                    await WriteAsync(texts, embeddings, ranges, output, cancellationToken);
                }
                else
                {
                    spill.Write(texts, embeddings);
                    ranges.Add(embeddings);
                }

                progress.EndWindow(texts);
            }

        if (spill is null)
            return;
        if (ranges.Count is > 0 and < FewForRanges)
            await error.WriteLineAsync($"warning: {Dtype} ranges are those of {ranges.Count} embeddings: with more, of a file for --calibration, they hold for other texts too");
        foreach (var (texts, embeddings) in spill.Read())
            await WriteAsync(texts, embeddings, ranges, output, cancellationToken);
    }

    private async Task<DimensionRanges> RangesAsync(EmbeddingSource source, IEnumerable<string> texts, VerbGroup group, CancellationToken cancellationToken)
    {
        var ranges = new DimensionRanges(source.Dim);
        using var progress = await EncodeProgress.CreateAsync("calibrated", () => texts, place, group, error, time);
        await foreach (var (window, embeddings) in source.EncodeAsync(texts, progress, cancellationToken))
        {
            ranges.Add(embeddings);
            progress.EndWindow(window);
        }

        return ranges;
    }

    private async ValueTask WriteAsync(string[] texts, EmbeddingMatrix embeddings, DimensionRanges ranges, EmbeddingOutput? output, CancellationToken cancellationToken)
    {
        if (output is not null)
            await output.WriteAsync(texts, EmbeddingQuantizer.Quantize(embeddings, arguments.Dtype, ranges), cancellationToken);
    }

    private string SpillFolder() => arguments.Output == "-" ? Path.GetTempPath() : Path.GetDirectoryName(Path.GetFullPath(arguments.Output))!;
}
