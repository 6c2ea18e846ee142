using System.Collections.Immutable;
using Distributed.Data.Reading;
using Distributed.Data.Sampling;
using Distributed.Jobs;

namespace Distributed.Data.Planning;

/// <summary>Makes the sampler of a dataset and refuses data it cannot work with.</summary>
internal sealed class SamplerChoice
{
    private readonly ImmutableArray<TrainingRow> _rows;
    private readonly int _classes;
    private readonly SamplerOptions _options;
    private readonly int _batchRows;
    private readonly int _seed;

    private SamplerChoice(TrainingSet set, Job job, int dataset)
    {
        _rows = set.RowsOf(dataset);
        _classes = set.Datasets[dataset].Classes.Length;
        _options = job.Datasets[dataset].Sampler;
        _batchRows = job.Batch.Rows;
        _seed = SampleRandom.SeedOf(job.Seed, dataset);
    }

    /// <summary>The order of a job's rows: that of its only dataset, or its datasets' mixed.</summary>
    /// <exception cref="JobConflictException">A sampler cannot work with the data.</exception>
    public static ISampler Create(TrainingSet set, Job job)
    {
        if (set.Datasets.Length != job.Datasets.Length)
            throw new ArgumentException($"{set.Datasets.Length} datasets were read for a job of {job.Datasets.Length}", nameof(set));
        if (set.Datasets.Length == 1)
            return new SamplerChoice(set, job, dataset: 0).Create();
        return new MixedSampler([.. set.Datasets.Select((dataset, index) => (dataset.FirstRow, CreateNamed(set, job, index)))], job.Mixing, job.Seed);
    }

    private static ISampler CreateNamed(TrainingSet set, Job job, int dataset)
    {
        try
        {
            return new SamplerChoice(set, job, dataset).Create();
        }
        catch (JobConflictException conflict)
        {
            throw new JobConflictException($"dataset {set.Datasets[dataset].Name}: {conflict.Message}");
        }
    }

    private ISampler Create()
    {
        if (_rows.Length < 2)
            throw new JobConflictException("the training data has a single row: a batch needs at least two");
        if (_options.Kind == SamplerKind.Labels)
            return CreateLabels();
        if (_options.DropLast && _rows.Length < _batchRows)
        {
            throw new JobConflictException(
                $"batch.rows is {_batchRows}, but the training data has {_rows.Length} rows, and sampler.drop_last leaves out a batch that is not full");
        }
        return _options.Kind == SamplerKind.NoDuplicates
            ? CreateDuplicateFree()
            : new ShuffledSampler(_rows.Length, _batchRows, _options.DropLast, _seed);
    }

    private LabelSampler CreateLabels()
    {
        var sampler = new LabelSampler(_rows, _options.ClassesPerBatch, _options.RowsPerClass, _options.DropLast, _seed);
        return sampler.UsableClasses >= _options.ClassesPerBatch
            ? sampler
            : throw new JobConflictException(
                $"sampler.classes_per_batch is {_options.ClassesPerBatch}, but only {sampler.UsableClasses} of {_classes} classes have at least two rows");
    }

    /// <summary>Refuses data in which texts repeat so much that batches would be less than half full on average.</summary>
    private DuplicateFreeSampler CreateDuplicateFree()
    {
        var sampler = new DuplicateFreeSampler(_rows, _batchRows, _options.DropLast, _seed);
        var everyRow = new DuplicateFreeSampler(_rows, _batchRows, dropLast: false, _seed).Order(epoch: 0);
        var average = (double)_rows.Length / everyRow.BatchCount;
        if (2 * average >= Math.Min(_rows.Length, _batchRows))
            return sampler;
        var (text, count) = _rows.SelectMany(row => row.Texts.OfType<string>().Distinct()).CountBy(text => text).MaxBy(entry => entry.Value);
        throw new JobConflictException(
            $"sampler.kind no-duplicates would make batches of {average:0.#} rows on average, where batch.rows is {_batchRows}: '{Shorten(text)}' alone "
            + $"is in {count} of {_rows.Length} rows; use shuffled");
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");
}
