using Distributed.Training.Evaluation;
using Distributed.Training.Inference;
using Distributed.Training.Models;
using Distributed.Training.Runtime;

namespace Distributed.Worker.Verbs;

/// <summary>Encodes the texts of a file, window by window, into a file that appears only when it is complete.</summary>
internal sealed class EncodeRun(EncodeArguments arguments, TimeProvider time)
{
    /// <summary>Does it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var output = EmbeddingOutput.Open(arguments.Output);
        TorchRuntime.Initialize(arguments.Threads);
        using var model = EmbeddingModel.Load(arguments.Model);
        await using var alone = SingleProcess.Collectives();
        var encoder = new TextEncoder(model, alone, arguments.TokensPerMicroBatch);
        using var progress = new TextProgress("encoded", time);

        IEnumerable<string> texts = arguments.Text is { } text ? [text] : TextSource.Read(arguments.Input!, arguments.Column);
        output.Writer.Write([], new EmbeddingMatrix([], model.Dim)); // a file without texts has its columns too
        foreach (var window in texts.Chunk(TextEncoder.WindowTexts))
        {
            var embeddings = await encoder.EncodeAsync(window, progress, cancellationToken);
            embeddings.RequireFinite(window);
            if (arguments.Normalize)
                Normalize(embeddings);
            output.Writer.Write(window, embeddings);
        }

        output.Commit();
    }

    private static void Normalize(EmbeddingMatrix embeddings)
    {
        for (var row = 0; row < embeddings.Count; row++)
            UnitVector.Normalize(embeddings.Row(row), embeddings.Values.AsSpan(row * embeddings.Dim, embeddings.Dim));
    }
}
