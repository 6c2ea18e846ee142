using System.Diagnostics;
using Distributed.Benchmarks.Throughput;
using Distributed.Data.Planning;
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
    private readonly PeerEncoder _encoder;
    private readonly PeerPrecision _precision;
    private readonly AdamW _optimizer;
    private readonly int[][][] _tokens; // by row and column

    public PeerStep(BenchmarkData data)
    {
        var optimizer = data.Job.Optimizer;
        _precision = new PeerPrecision(data.Case.Precision);
        _encoder = new PeerEncoder(data.Case.Shape, _precision);
        _encoder.train();
        _optimizer = optim.AdamW(
            _encoder.parameters(), optimizer.LearningRate, optimizer.Beta1, optimizer.Beta2, optimizer.Epsilon, optimizer.WeightDecay);
        var tokenizer = new WordPieceTokenizer(Vocabulary.Load(data.Job.Model.New!.Vocabulary), new WordPieceOptions());
        _tokens = [.. data.Set.Rows.Select(row => row.Texts.Select(text => tokenizer.Encode(text, data.Job.Model.MaxTokens!.Value)).ToArray())];
    }

    /// <inheritdoc/>
    public StepFigures Run(StepPlan plan)
    {
        var started = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
        var columns = Enumerable.Range(0, _tokens[0].Length).Select(column => Encode([.. plan.Rows.Select(row => _tokens[row][column])])).ToArray();
        var scores = _precision.Full(_precision.Product(columns[0], cat(columns[1..]).t())) * BenchmarkCase.Scale; // [rows, rows × (columns − 1)]
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
