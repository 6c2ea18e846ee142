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

    private EmbeddingSource(TextEncoder encoder, int dim, bool normalizes) => (_encoder, Dim, _normalizes) = (encoder, dim, normalizes);

    /// <summary>Numbers of an embedding.</summary>
    public int Dim { get; }

    /// <summary>Creates it, on every rank.</summary>
    /// <exception cref="VerbException">More numbers are asked for than there are.</exception>
    public static EmbeddingSource Create(EmbeddingModel model, ICollectives collectives, EncodeSettings settings)
    {
        var prompt = settings.Prompt ?? model.Prompt(settings.PromptName);
        var encoder = new TextEncoder(model, collectives, settings.TokensPerMicroBatch, prompt, settings.Precision);
        return settings.TruncateDim is not { } dim || dim <= model.Dim
            ? new EmbeddingSource(encoder, settings.TruncateDim ?? model.Dim, settings.Normalize)
            : throw new VerbException($"--truncate-dim {dim}: the model's embeddings have {model.Dim} dimensions");
    }

    /// <summary>The texts in windows, with their embeddings.</summary>
    public async IAsyncEnumerable<(string[] Texts, EmbeddingMatrix Embeddings)> EncodeAsync(
        IEnumerable<string> texts, IProgress<int>? progress, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var window in texts.Chunk(TextEncoder.WindowTexts))
        {
            var embeddings = await _encoder.EncodeAsync(window, progress, cancellationToken);
            embeddings.RequireFinite(window);
            yield return (window, Shape(embeddings));
        }
    }

    private EmbeddingMatrix Shape(EmbeddingMatrix embeddings)
    {
        var shaped = Dim == embeddings.Dim ? embeddings : new EmbeddingMatrix(new float[embeddings.Count * Dim], Dim);
        for (var row = 0; row < embeddings.Count; row++)
        {
            var kept = embeddings.Row(row)[..Dim];
            var place = shaped.Values.AsSpan(row * Dim, Dim);
            if (_normalizes)
                UnitVector.Normalize(kept, place);
            else if (!ReferenceEquals(shaped, embeddings))
                kept.CopyTo(place);
        }

        return shaped;
    }
}
