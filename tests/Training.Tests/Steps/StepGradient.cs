using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using Distributed.Training.Steps;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Steps;

/// <summary>
/// The parameters' gradient of a job's first step in any dtype, by the step's own parts, or plainly: one graph of the whole batch and one backward through it.
/// </summary>
internal sealed class StepGradient : IDisposable
{
    private readonly Job _job;
    private readonly TrainingSet _set;
    private readonly StepPlan _plan;
    private readonly EmbeddingModel _model;
    private readonly GuideModels _guides;
    private readonly DatasetLoss _dataset;

    public StepGradient(Job job, ScalarType dtype)
    {
        _job = job;
        _set = TrainingSetReader.Read(job.Datasets);
        _plan = new BatchPlanner(_set, job).Plan(0);
        _model = EmbeddingModel.Create(job.Model, job.Seed);
        _model.Encoder.to(dtype);
        _guides = GuideModels.Load(job);
        _dataset = new DatasetLoss(job.Datasets[0], _set.Datasets[0].ColumnCount, EmbeddingLoss.Create(job.Datasets[0].Loss), _model.Encoder, _guides, job.Precision);
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
        var run = LossRun.Of(_dataset.Loss, batch.Embeddings);
        var gradient = stack(run.Gradients, dim: 1); // [rows, columns, dim]
        foreach (var shard in input.Shards)
        {
            var ofShard = gradient.narrow(0, shard.Rows.Start, shard.Rows.Count).flatten(0, 1);
            shards.Backward(shard, slots => ofShard.index_select(0, tensor(slots.ToArray())));
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
        var run = LossRun.Of(_dataset.Loss, batch.Embeddings);
        (embeddings * stack([.. run.Gradients], dim: 1).view(-1, _dataset.Rows.Dim)).sum().backward();
        return Take();
    }

    public void Dispose()
    {
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

    private ImmutableArray<Tensor> Take()
    {
        var gradients = _model.Encoder.parameters().Select(parameter => (parameter.grad ?? zeros_like(parameter)).clone().MoveToOuterDisposeScope()).ToImmutableArray();
        _model.Encoder.zero_grad();
        return gradients;
    }
}
