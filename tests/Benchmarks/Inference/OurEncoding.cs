using System.Diagnostics;
using Distributed.Benchmarks.Throughput;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;
using Distributed.Training.Inference;
using Distributed.Training.Models;

namespace Distributed.Benchmarks.Inference;

/// <summary>The product's own encoding, in one process.</summary>
internal sealed class OurEncoding : IBenchmarkStep, IDisposable
{
    private readonly EncodedTexts _texts;
    private readonly EmbeddingModel _model;
    private readonly TextEncoder _encoder;

    public OurEncoding(BenchmarkData data)
    {
        var job = data.Job;
        (_texts, _model) = (new EncodedTexts(data), EmbeddingModel.Create(job.Model, job.Seed));
        var alone = LoopbackCollectives.Create(1, [new ShardRun(0, job.Batch.Shards)])[0];
        _encoder = new TextEncoder(_model, alone, job.Batch.TokensPerMicroBatch, precision: job.Precision);
    }

    /// <inheritdoc/>
    public async Task<StepFigures> RunAsync(long step)
    {
        var texts = _texts.Window(step);
        var started = Stopwatch.GetTimestamp();
        await _encoder.EncodeAsync(texts, encoded: null, CancellationToken.None);
        return new StepFigures(texts.Length, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
