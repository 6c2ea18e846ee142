using System.Diagnostics;
using Distributed.Benchmarks.Peer;
using Distributed.Benchmarks.Throughput;
using static TorchSharp.torch;

namespace Distributed.Benchmarks.Inference;

/// <summary>Encoding as sentence-transformers does it: the longest texts first, by characters, in batches of 32 padded to their longest.</summary>
internal sealed class PeerEncoding : IBenchmarkStep, IDisposable
{
    private const int BatchTexts = 32;

    private readonly EncodedTexts _texts;
    private readonly PeerModel _model;

    public PeerEncoding(BenchmarkData data)
    {
        (_texts, _model) = (new EncodedTexts(data), PeerModel.Create(data.Job));
        _model.Encoder.eval();
    }

    /// <inheritdoc/>
    public Task<StepFigures> RunAsync(long step) => Task.FromResult(Encode(_texts.Window(step)));

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private StepFigures Encode(string[] texts)
    {
        var started = Stopwatch.GetTimestamp();
        using var noGraph = no_grad();
        var padding = default(Padding);
        List<float[]> embeddings = [];
        foreach (var batch in texts.OrderByDescending(text => text.Length).Chunk(BatchTexts))
        {
            using var scope = NewDisposeScope();
            var tokens = Array.ConvertAll(batch, _model.Tokenize);
            embeddings.Add(_model.Embed(tokens).data<float>().ToArray());
            padding = padding.And(Padding.Of(tokens));
        }

        GC.KeepAlive(embeddings);
        return new StepFigures(texts.Length, Stopwatch.GetElapsedTime(started).TotalSeconds) { Padding = padding };
    }
}
