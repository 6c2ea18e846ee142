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
        if (job.Sampler.Kind == SamplerKind.Labels)
            return CreateLabels(set, job);
        if (job.Sampler.DropLast && rows < job.Batch.Rows)
        {
            throw new JobConflictException(
                $"batch.rows is {job.Batch.Rows}, but the training data has {rows} rows, and sampler.drop_last leaves out a batch that is not full");
        }
        return job.Sampler.Kind == SamplerKind.NoDuplicates
            ? new DuplicateFreeSampler(set.Rows, job.Batch.Rows, job.Sampler.DropLast, job.Seed)
            : new ShuffledSampler(rows, job.Batch.Rows, job.Sampler.DropLast, job.Seed);
    }

    private static LabelSampler CreateLabels(TrainingSet set, Job job)
    {
        var (classes, perClass) = (job.Sampler.ClassesPerBatch, job.Sampler.RowsPerClass);
        var sampler = new LabelSampler(set.Rows, classes, perClass, job.Sampler.DropLast, job.Seed);
        return sampler.UsableClasses >= classes
            ? sampler
            : throw new JobConflictException(
                $"sampler.classes_per_batch is {classes}, but only {sampler.UsableClasses} of {set.Classes.Length} classes have at least two rows");
    }
}
