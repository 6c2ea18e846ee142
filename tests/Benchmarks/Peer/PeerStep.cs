using System.Diagnostics;
using Distributed.Benchmarks.Throughput;
using Distributed.Jobs.Losses;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Distributed.Benchmarks.Peer;

/// <summary>
/// A training step as it is written without this product: each column padded to its longest text and encoded in one piece, scores of all pairs
/// and their cross entropy by autograd, clipping, TorchSharp's AdamW.
/// </summary>
internal sealed class PeerStep : IBenchmarkStep, IDisposable
{
    private readonly BenchmarkData _data;
    private readonly PeerModel _model;
    private readonly AdamW _optimizer;
    private readonly double _scale;
    private readonly int[][][] _tokens; // by row and column

    public PeerStep(BenchmarkData data)
    {
        var optimizer = data.Job.Optimizer;
        (_data, _model) = (data, PeerModel.Create(data.Job));
        _tokens = [.. data.Set.Rows.Select(row => row.Texts.Select(text => _model.Tokenize(text!)).ToArray())];
        _model.Encoder.train();
        _optimizer = optim.AdamW(
            _model.Encoder.parameters(), optimizer.LearningRate, optimizer.Beta1, optimizer.Beta2, optimizer.Epsilon, optimizer.WeightDecay);
        _scale = ((RankingLossOptions)data.Job.Datasets[0].Loss).Scale;
    }

    /// <inheritdoc/>
    public Task<StepFigures> RunAsync(long step)
    {
        var rows = _data.Plans.Plan(step).Rows;
        return Task.FromResult(Run([.. Enumerable.Range(0, _tokens[0].Length).Select(column => rows.Select(row => _tokens[row][column]).ToArray())]));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }

    private StepFigures Run(int[][][] columns)
    {
        var started = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
        var embeddings = columns.Select(column => functional.normalize(_model.Embed(column), dim: 1)).ToArray();
        var scores = matmul(embeddings[0], cat(embeddings[1..]).t()) * _scale; // [rows, rows × (columns − 1)]
        var loss = functional.cross_entropy(scores, arange(scores.shape[0]));
        loss.backward();
        nn.utils.clip_grad_norm_(_model.Encoder.parameters(), 1);
        _optimizer.step();
        var value = loss.item<float>();
        return new StepFigures(scores.shape[0], Stopwatch.GetElapsedTime(started).TotalSeconds)
        {
            Loss = value,
            Padding = columns.Select(Padding.Of).Aggregate((sum, column) => sum.And(column)),
        };
    }
}
