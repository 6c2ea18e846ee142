using Distributed.Training.Collectives;
using Distributed.Training.Evaluation;
using Distributed.Training.Inference;
using Distributed.Training.Models;

namespace Distributed.Worker.Verbs.Encode;

/// <summary>Texts as embeddings, window by window: encoded by all ranks together, cut to their first numbers and normalised.</summary>
internal sealed class EmbeddingSource
{
    private readonly TextEncoder _encoder;
    private readonly bool _normalizes;

    private EmbeddingSource(TextEncoder encoder, bool normalizes) => (_encoder, _normalizes) = (encoder, normalizes);

    /// <summary>Numbers of an embedding.</summary>
    public int Dim => _encoder.Dim;

    /// <summary>Creates it, on every rank.</summary>
    /// <exception cref="VerbException">More numbers are asked for than the encoder gives, whatever number the model's settings keep.</exception>
    public static EmbeddingSource Create(EmbeddingModel model, ICollectives collectives, EncodeSettings settings)
    {
        var prompt = settings.Prompt ?? model.Prompt(settings.PromptName);
        var dim = settings.TruncateDim ?? model.Dim;
        return dim <= model.Encoder.Dim
            ? new EmbeddingSource(new TextEncoder(model, collectives, settings.TokensPerMicroBatch, prompt, settings.Precision) { Dim = dim }, settings.Normalize)
            : throw new VerbException($"--truncate-dim {dim}: the model's embeddings have {model.Encoder.Dim} dimensions");
    }

    /// <summary>The texts in windows, with their embeddings.</summary>
    public async IAsyncEnumerable<(string[] Texts, EmbeddingMatrix Embeddings)> EncodeAsync(
        IEnumerable<string> texts, IProgress<int>? progress, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var window in texts.Chunk(TextEncoder.WindowTexts))
        {
            var embeddings = await _encoder.EncodeAsync(window, progress, cancellationToken);
            embeddings.RequireFinite(window);
            if (_normalizes)
                for (var row = 0; row < embeddings.Count; row++)
                    UnitVector.Normalize(embeddings.Row(row), embeddings.Values.AsSpan(row * Dim, Dim));
            yield return (window, embeddings);
        }
    }
}
