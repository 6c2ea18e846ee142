using Distributed.Data.Reading;
using Distributed.Data.Sampling;
using Distributed.Jobs;

namespace Distributed.Data.Planning;

/// <summary>Makes the sampler of a job and refuses data it cannot work with.</summary>
internal static class SamplerChoice
{
    /// <summary>The sampler of <paramref name="job"/> over <paramref name="set"/>.</summary>
    /// <exception cref="JobConflictException">It cannot work with the data.</exception>
    public static ISampler Create(TrainingSet set, Job job)
    {
        var rows = set.Rows.Length;
        if (rows < 2)
            throw new JobConflictException("the training data has a single row: a batch needs at least two");
        if (job.Datasets[0].Sampler.Kind == SamplerKind.Labels)
            return CreateLabels(set, job);
        if (job.Datasets[0].Sampler.DropLast && rows < job.Batch.Rows)
        {
            throw new JobConflictException(
                $"batch.rows is {job.Batch.Rows}, but the training data has {rows} rows, and sampler.drop_last leaves out a batch that is not full");
        }
        return job.Datasets[0].Sampler.Kind == SamplerKind.NoDuplicates
            ? CreateDuplicateFree(set, job)
            : new ShuffledSampler(rows, job.Batch.Rows, job.Datasets[0].Sampler.DropLast, job.Seed);
    }

    private static LabelSampler CreateLabels(TrainingSet set, Job job)
    {
        var (classes, perClass) = (job.Datasets[0].Sampler.ClassesPerBatch, job.Datasets[0].Sampler.RowsPerClass);
        var sampler = new LabelSampler(set.Rows, classes, perClass, job.Datasets[0].Sampler.DropLast, job.Seed);
        return sampler.UsableClasses >= classes
            ? sampler
            : throw new JobConflictException(
                $"sampler.classes_per_batch is {classes}, but only {sampler.UsableClasses} of {set.Classes.Length} classes have at least two rows");
    }

    /// <summary>Refuses data in which texts repeat so much that batches would be less than half full on average.</summary>
    private static DuplicateFreeSampler CreateDuplicateFree(TrainingSet set, Job job)
    {
        var sampler = new DuplicateFreeSampler(set.Rows, job.Batch.Rows, job.Datasets[0].Sampler.DropLast, job.Seed);
        var everyRow = new DuplicateFreeSampler(set.Rows, job.Batch.Rows, dropLast: false, job.Seed).Order(epoch: 0);
        var average = (double)set.Rows.Length / everyRow.BatchCount;
        if (2 * average >= Math.Min(set.Rows.Length, job.Batch.Rows))
            return sampler;
        var (text, count) = set.Rows.SelectMany(row => row.Texts.OfType<string>().Distinct()).CountBy(text => text).MaxBy(entry => entry.Value);
        throw new JobConflictException(
            $"sampler.kind no-duplicates would make batches of {average:0.#} rows on average, where batch.rows is {job.Batch.Rows}: '{Shorten(text)}' alone "
            + $"is in {count} of {set.Rows.Length} rows; use shuffled");
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");
}
