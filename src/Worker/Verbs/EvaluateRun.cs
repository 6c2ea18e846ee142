using System.Globalization;
using System.Text.Json;
using Distributed.Data.Reading;
using Distributed.Training.Evaluation;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using Distributed.Worker.Verbs.Models;

namespace Distributed.Worker.Verbs;

/// <summary>Scores a model on held-out queries and prints the figures.</summary>
internal sealed class EvaluateRun(EvaluateArguments arguments, ModelSource models, TextWriter output, TimeProvider time)
{
    /// <summary>Does it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var set = RetrievalSetReader.Read(arguments.Files);
        var folder = await models.FolderAsync(arguments.Model, cancellationToken);
        TorchRuntime.Initialize(arguments.Threads);
        using var model = EmbeddingModel.Load(folder);
        await using var alone = SingleProcess.Collectives();
        var encoders = new RetrievalEncoders(model, arguments.Files, alone, arguments.TokensPerMicroBatch);

        RetrievalScores scores;
        using (var progress = new TextProgress("encoded", time))
            scores = await encoders.Evaluator(progress).EvaluateAsync(set, cancellationToken);
        await output.WriteLineAsync(arguments.Json ? Json(set, scores) : Table(set, scores));
    }

    private static (string Name, double Value)[] Measures(RetrievalScores scores) =>
        [("ndcg@10", scores.NdcgAt10), ("mrr@10", scores.MrrAt10), ("recall@1", scores.RecallAt1), ("recall@10", scores.RecallAt10)];

    private static string Table(RetrievalSet set, RetrievalScores scores) => string.Join('\n',
    [
        string.Create(CultureInfo.InvariantCulture, $"{set.Queries.Length:N0} queries, {set.Corpus.Length:N0} entries"),
        .. Measures(scores).Select(measure => string.Create(CultureInfo.InvariantCulture, $"{measure.Name,-10} {measure.Value:F4}")),
    ]);

    private static string Json(RetrievalSet set, RetrievalScores scores)
    {
        var fields = Measures(scores).ToDictionary(measure => measure.Name, object (measure) => measure.Value);
        fields["queries"] = set.Queries.Length;
        fields["entries"] = set.Corpus.Length;
        return JsonSerializer.Serialize(fields);
    }
}
