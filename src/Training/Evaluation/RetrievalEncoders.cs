using Distributed.Jobs;
using Distributed.Training.Collectives;
using Distributed.Training.Inference;
using Distributed.Training.Models;

namespace Distributed.Training.Evaluation;

/// <summary>A model under test, as it reads queries and as it reads what is searched: each with its prompt, the job's or the model's own.</summary>
public sealed class RetrievalEncoders
{
    private readonly ICollectives _collectives;
    private readonly TextEncoder _queries;
    private readonly TextEncoder _entries;

    /// <param name="model">The model, the same on every rank.</param>
    /// <param name="options">What the job says of prompts; null: nothing.</param>
    /// <param name="collectives">The generation; loopback for one process.</param>
    /// <param name="tokensPerMicroBatch">Most tokens that go through the encoder together, the same on every rank.</param>
    /// <exception cref="ModelFormatException">The job names a prompt that the model does not have.</exception>
    public RetrievalEncoders(EmbeddingModel model, EvaluationOptions? options, ICollectives collectives, int tokensPerMicroBatch)
    {
        _collectives = collectives;
        _queries = new TextEncoder(model, collectives, tokensPerMicroBatch, options?.QueryPrompt is { } query ? model.Prompt(query) : model.QueryPrompt);
        _entries = new TextEncoder(model, collectives, tokensPerMicroBatch, options?.DocumentPrompt is { } document ? model.Prompt(document) : model.DocumentPrompt);
    }

    /// <summary>An evaluator of the model.</summary>
    /// <param name="encoded">Told the number of texts that this rank has encoded since the last time.</param>
    public RetrievalEvaluator Evaluator(IProgress<int>? encoded) => new(
        (texts, cancelled) => _queries.EncodeAsync(texts, encoded, cancelled), (texts, cancelled) => _entries.EncodeAsync(texts, encoded, cancelled), _collectives);
}
