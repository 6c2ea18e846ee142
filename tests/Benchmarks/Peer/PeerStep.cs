using System.Diagnostics;
using Distributed.Benchmarks.Throughput;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Training.Models;
using Distributed.Training.Tokenization;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Distributed.Benchmarks.Peer;

/// <summary>
/// A training step as it is written without this product: each column padded to its longest text and encoded in one piece, scores of all pairs
/// and their cross entropy by autograd, clipping, TorchSharp's AdamW.
/// </summary>
internal sealed class PeerStep : ITrainingStep, IDisposable
{
    private const double DefaultDropout = 0.1;

    private readonly PeerEncoder _encoder;
    private readonly AdamW _optimizer;
    private readonly double _scale;
    private readonly int[][][] _tokens; // by row and column

    public PeerStep(BenchmarkData data)
    {
        var (model, optimizer) = (data.Job.Model, data.Job.Optimizer);
        var tokenizer = new WordPieceTokenizer(Vocabulary.Load(model.New!.Vocabulary), new WordPieceOptions());
        var maxTokens = model.MaxTokens ?? EmbeddingModel.DefaultMaxTokens;
        _tokens = [.. data.Set.Rows.Select(row => row.Texts.Select(text => tokenizer.Encode(text, maxTokens)).ToArray())];
        _encoder = new PeerEncoder(model.New, tokenizer.Vocabulary.Size, model.Dropout ?? DefaultDropout);
        _encoder.train();
        _optimizer = optim.AdamW(
            _encoder.parameters(), optimizer.LearningRate, optimizer.Beta1, optimizer.Beta2, optimizer.Epsilon, optimizer.WeightDecay);
        _scale = ((RankingLossOptions)data.Job.Datasets[0].Loss).Scale;
    }

    /// <inheritdoc/>
    public Task<StepFigures> RunAsync(StepPlan plan) => Task.FromResult(Run(plan));

    private StepFigures Run(StepPlan plan)
    {
        var started = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
        var columns = Enumerable.Range(0, _tokens[0].Length).Select(column => Encode([.. plan.Rows.Select(row => _tokens[row][column])])).ToArray();
        var scores = matmul(columns[0], cat(columns[1..]).t()) * _scale; // [rows, rows × (columns − 1)]
        var loss = functional.cross_entropy(scores, arange(plan.Rows.Length));
        loss.backward();
        nn.utils.clip_grad_norm_(_encoder.parameters(), 1);
        _optimizer.step();
        var value = loss.item<float>();
        return new StepFigures(plan.Rows.Length, Stopwatch.GetElapsedTime(started).TotalSeconds, value, []);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _encoder.Dispose();
    }

    private Tensor Encode(int[][] texts)
    {
        var longest = texts.Max(text => text.Length);
        var ids = new long[texts.Length * longest];
        var present = new float[texts.Length * longest];
        for (var i = 0; i < texts.Length; i++)
            for (var j = 0; j < texts[i].Length; j++)
                (ids[i * longest + j], present[i * longest + j]) = (texts[i][j], 1);

        var pooled = _encoder.forward(tensor(ids, [texts.Length, longest]), tensor(present, [texts.Length, longest]));
        return functional.normalize(pooled, dim: 1);
    }
}
