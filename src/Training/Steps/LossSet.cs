using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Training.Checkpoints;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using TorchSharp.Modules;

namespace Distributed.Training.Steps;

/// <summary>
/// The losses of a job, one for each dataset, with the parameters that they train beside the model. A step takes one loss; the parameters of the others
/// have a gradient of 0 in it.
/// </summary>
internal sealed class LossSet : IDisposable
{
    private const long MostMemoryBytes = (1L << 31) - (1 << 20); // of one span of bytes, with the counters

    private readonly ImmutableArray<DatasetLoss> _losses;
    private readonly bool _isSingle;

    /// <param name="job">The job.</param>
    /// <param name="set">Its rows.</param>
    /// <param name="encoder">The encoder that is trained.</param>
    /// <param name="guides">Its losses' guides.</param>
    /// <param name="create">Makes a loss: <see cref="EmbeddingLoss.Create"/>, but for tests.</param>
    /// <exception cref="JobConflictException">A loss does not go with the model, or the memories are too large.</exception>
    public LossSet(Job job, TrainingSet set, SentenceEncoder encoder, GuideModels guides, Func<LossOptions, IEmbeddingLoss> create)
    {
        _isSingle = job.Datasets.Length == 1;
        foreach (var dataset in job.Datasets)
            Check(dataset, encoder.Dim, _isSingle);
        CheckMemories(job, set, encoder.Dim);
        _losses = [.. job.Datasets.Zip(set.Datasets, (dataset, rows) => new DatasetLoss(dataset, rows.ColumnCount, create(dataset.Loss), encoder, guides, job.Precision))];
        Memories = [.. _losses.Select(loss => loss.Memory).OfType<MemoryRing>()];
    }

    /// <summary>The loss of a dataset.</summary>
    public DatasetLoss this[int dataset] => _losses[dataset];

    /// <summary>The trained parameters of all losses: `loss.scale`; where there are several datasets, `loss.questions.scale`.</summary>
    public ImmutableArray<(string Name, Parameter Value)> Parameters =>
        [.. _losses.SelectMany(loss => loss.Loss.Parameters.Select(parameter => ($"loss.{(_isSingle ? "" : $"{loss.Name}.")}{parameter.Name}", parameter.Value)))];

    /// <summary>The memories of those losses that have one.</summary>
    public ImmutableArray<MemoryRing> Memories { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var loss in _losses)
            loss.Dispose();
    }

    // Counters and memories are one section of the state, see StateLayout.
    private static void CheckMemories(Job job, TrainingSet set, int dim)
    {
        var bytes = job.Datasets.Zip(set.Datasets, (dataset, rows) =>
            dataset.Loss.Memory is { } memory ? new MemoryLayout(dataset.Name, memory.Rows, rows.ColumnCount, dim).Bytes : 0).Sum();
        if (bytes > MostMemoryBytes)
            throw new JobConflictException($"loss.memory.rows: the rows kept have {bytes} bytes, at most {MostMemoryBytes} are possible");
    }

    private static void Check(DatasetOptions dataset, int dim, bool isSingle)
    {
        if (dataset.Loss.Matryoshka is { } matryoshka && matryoshka.Dims.Max() > dim)
        {
            var place = isSingle ? "" : $"dataset {dataset.Name}: ";
            throw new JobConflictException($"{place}loss.matryoshka.dims has {matryoshka.Dims.Max()}, but the model's embeddings have {dim} dimensions");
        }
    }
}
