using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using Distributed.Training.Steps;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Steps;

/// <summary>
/// The gradient of a job's first step in any dtype, with respect to the encoder's parameters and then the loss's own, by the step's own parts, or plainly: one graph
/// of the whole batch and one backward through it. A loss with a memory finds it filled.
/// </summary>
internal sealed class StepGradient : IDisposable
{
    private readonly Job _job;
    private readonly TrainingSet _set;
    private readonly StepPlan _plan;
    private readonly EmbeddingModel _model;
    private readonly GuideModels _guides;
    private readonly DatasetLoss _dataset;
    private readonly EmbeddingMemory? _memory;

    public StepGradient(Job job, ScalarType dtype)
    {
        _job = job;
        _set = TrainingSetReader.Read(job.Datasets);
        _plan = new BatchPlanner(_set, job).Plan(0);
        _model = EmbeddingModel.Create(job.Model, job.Seed);
        _model.Encoder.to(dtype);
        _guides = GuideModels.Load(job);
        _guides.Of(job.Datasets[0].Loss)?.Encoder.to(dtype);
        _dataset = new DatasetLoss(job.Datasets[0], _set.Datasets[0].ColumnCount, EmbeddingLoss.Create(job.Datasets[0].Loss), _model.Encoder, _guides, job.Precision);
        foreach (var (_, value) in _dataset.Loss.Parameters)
            value.grad = zeros_like(value).DetachFromDisposeScope();
        _memory = _dataset.Memory is null ? null : Memory(dtype);
    }

    /// <summary>As the trainer does it.</summary>
    /// <param name="rowsPerMicroBatch">Rows that go through the encoder together.</param>
    /// <param name="usesGradientCache">Whether micro-batches are encoded twice.</param>
    public ImmutableArray<Tensor> ByMicroBatches(int rowsPerMicroBatch, bool usesGradientCache)
    {
        using var scope = NewDisposeScope();
        var input = Input(rowsPerMicroBatch);
        using var shards = new EncodedShards(_model.Encoder, input, _job.Seed, _job.Precision, usesGradientCache);
        var gathered = Open();
        shards.Encode(gathered, _dataset.Rows);
        _dataset.Guide?.Encode(input, gathered, _dataset.Rows);

        using var batch = new StepBatch(_plan, _set, new TextHashes(_set), _dataset, gathered, TensorPool.None);
        using var pass = _dataset.Loss.Over(batch.Embeddings with { Memory = _memory });
        var statistics = cat([.. _plan.Shards.Select(pass.Score)], 0);
        foreach (var shard in input.Shards)
        {
            using var gradient = new ShardGradient(pass, statistics, shard.Rows, TensorPool.None);
            _dataset.Backward(pass, statistics, shard.Rows);
            shards.Backward(shard, gradient.Of);
        }

        return Take();
    }

    /// <summary>With every activation of the batch held, from the same micro-batches, as they name the dropout masks.</summary>
    public ImmutableArray<Tensor> Plainly(int rowsPerMicroBatch)
    {
        using var scope = NewDisposeScope();
        var input = Input(rowsPerMicroBatch);
        var texts = new List<Tensor>();
        var places = new List<long>();
        foreach (var shard in input.Shards)
        {
            foreach (var (index, microBatch) in shard.MicroBatches.Index())
            {
                texts.Add(_model.Encoder.Encode(microBatch.Tokens, new DropoutKey(_job.Seed, _plan.Step, shard.Shard, index), _job.Precision));
                places.AddRange(microBatch.Slots.Select(slot => ((long)shard.Rows.Start * _dataset.Rows.Columns) + slot));
            }
        }

        var order = places.Index().OrderBy(place => place.Item).Select(place => (long)place.Index).ToArray();
        var embeddings = cat([.. texts]).index_select(0, tensor(order)); // [rows × columns, dim], with one graph behind it
        var gathered = Open();
        _dataset.Rows.Embeddings(gathered).copy_(embeddings.detach());
        _dataset.Guide?.Encode(input, gathered, _dataset.Rows);

        using var batch = new StepBatch(_plan, _set, new TextHashes(_set), _dataset, gathered, TensorPool.None);
        using var pass = _dataset.Loss.Over(batch.Embeddings with { Memory = _memory });
        var statistics = cat([.. _plan.Shards.Select(pass.Score)], 0);
        var gradients = _plan.Shards.Select(shard => stack(pass.Gradient(statistics, shard), dim: 1)); // each [shard rows, columns, dim]
        (embeddings * cat([.. gradients], 0).view(-1, _dataset.Rows.Dim)).sum().backward();
        foreach (var shares in _plan.Shards.Select(shard => pass.ParameterGradient(statistics, shard)))
            foreach (var (parameter, share) in _dataset.Loss.Parameters.Zip(shares))
                parameter.Value.grad!.add_(share);
        return Take();
    }

    public void Dispose()
    {
        foreach (var column in _memory?.Columns ?? [])
            column.Dispose();
        _dataset.Dispose();
        _guides.Dispose();
        _model.Dispose();
    }

    private StepInput Input(int rowsPerMicroBatch)
    {
        var tokens = rowsPerMicroBatch * _dataset.Rows.Columns * EvenRows.TokensPerText;
        return new StepInputBuilder(_set, ColumnPrompts.Of(_job, _set, _model, _guides), _model, [_guides.Of(_job.Datasets[0].Loss)], tokens).Build(_plan, new ShardRun(0, _plan.Shards.Length));
    }

    private Tensor Open() => zeros(_plan.Rows.Length, _dataset.Rows.Width, _model.Encoder.parameters().First().dtype);

    // As if the rows of the plan had been a step before, under a model with other embeddings. The trainer's own memory is float32.
    private EmbeddingMemory Memory(ScalarType dtype)
    {
        using var generator = new Generator(5);
        return new EmbeddingMemory
        {
            Columns = [.. Enumerable.Range(0, _dataset.Rows.Columns).Select(_ => randn([_plan.Rows.Length, _dataset.Rows.Dim], dtype, generator: generator).DetachFromDisposeScope())],
            TextHashes = new TextHashes(_set).Of(_plan),
            Labels = [.. _plan.Rows.Select(row => _set.Rows[row].Label)],
        };
    }

    private ImmutableArray<Tensor> Take()
    {
        Tensor[] parameters = [.. _model.Encoder.parameters(), .. _dataset.Loss.Parameters.Select(parameter => parameter.Value)];
        var gradients = parameters.Select(parameter => (parameter.grad ?? zeros_like(parameter)).clone().MoveToOuterDisposeScope()).ToImmutableArray();
        foreach (var parameter in parameters)
            parameter.grad?.zero_();
        return gradients;
    }
}
