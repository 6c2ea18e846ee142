using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Distributed.Data.Reading;
using Distributed.Jobs.Losses;
using Distributed.Training.Collectives;
using Distributed.Training.Inference;

namespace Distributed.Training.Evaluation;

/// <summary>Gives the embeddings of texts, in their order: the same on every rank. <see cref="TextEncoder"/> outside tests.</summary>
public delegate ValueTask<EmbeddingMatrix> TextEmbedding(IReadOnlyList<string> texts, CancellationToken cancellationToken);

/// <summary>
/// Retrieval scores of a model: every query against every corpus entry, by cosine similarity, entries of equal similarity in corpus order.
/// Ranks share the queries. A similarity depends on its two embeddings alone (<see cref="PanelProduct"/>) and means are taken in query order, so
/// neither the number of ranks nor the size of a corpus window changes a figure by a bit.
/// </summary>
/// <param name="embedQueries">The model under test, as it reads queries.</param>
/// <param name="embedEntries">The same as it reads entries.</param>
/// <param name="collectives">The generation; loopback for one process.</param>
public sealed class RetrievalEvaluator(TextEmbedding embedQueries, TextEmbedding embedEntries, ICollectives collectives)
{
    private const int Measures = 4;

    /// <summary>Corpus entries whose embeddings are held at a time. Default <see cref="TextEncoder.WindowTexts"/>.</summary>
    public int WindowTexts { get; init; } = TextEncoder.WindowTexts;

    /// <summary>Scores the model on every rank alike. Queries without a relevant entry do not count.</summary>
    /// <exception cref="ArgumentException">No query has a relevant entry.</exception>
    /// <exception cref="EmbeddingNotFiniteException">An embedding is not finite; thrown on every rank alike.</exception>
    public async ValueTask<RetrievalScores> EvaluateAsync(RetrievalSet set, CancellationToken cancellationToken)
    {
        var queries = await EmbedAsync(embedQueries, set.Queries, cancellationToken);
        var bounds = Share(queries.Count);
        var (start, end) = (bounds[collectives.Rank], bounds[collectives.Rank + 1]);
        var nearest = new NearestEntries(queries, start, end - start, RankingMeasures.Depth, Similarity.Cosine);
        for (var first = 0; first < set.Corpus.Length; first += WindowTexts)
            nearest.Scan(await EmbedAsync(embedEntries, set.Corpus.Slice(first, Math.Min(WindowTexts, set.Corpus.Length - first)), cancellationToken), compared: null, cancellationToken);

        var measures = new byte[queries.Count * Measures * sizeof(double)];
        Measure(nearest, set, start, end, MemoryMarshal.Cast<byte, double>(measures.AsSpan()));
        var offsets = bounds.Select(query => (long)query * Measures * sizeof(double)).ToArray();
        await collectives.AllGatherAsync(measures, offsets, cancellationToken);
        return Mean(MemoryMarshal.Cast<byte, double>(measures.AsSpan()), set.Relevant);
    }

    private static async ValueTask<EmbeddingMatrix> EmbedAsync(TextEmbedding embed, ImmutableArray<string> texts, CancellationToken cancellationToken)
    {
        var embeddings = await embed(texts, cancellationToken);
        embeddings.RequireFinite(texts);
        return embeddings;
    }

    private ImmutableArray<int> Share(int queries) =>
        [.. Enumerable.Range(0, collectives.WorldSize + 1).Select(rank => (int)((long)queries * rank / collectives.WorldSize))];

    private static void Measure(NearestEntries nearest, RetrievalSet set, int start, int end, Span<double> measures)
    {
        for (var query = start; query < end; query++)
        {
            var scores = RankingMeasures.Of(nearest.Of(query - start), set.Relevant[query]);
            ReadOnlySpan<double> row = [scores.NdcgAt10, scores.MrrAt10, scores.RecallAt1, scores.RecallAt10];
            row.CopyTo(measures[(query * Measures)..]);
        }
    }

    private static RetrievalScores Mean(ReadOnlySpan<double> measures, ImmutableArray<ImmutableArray<RelevantEntry>> relevant)
    {
        Span<double> sums = stackalloc double[Measures];
        var count = 0;
        for (var query = 0; query < relevant.Length; query++)
        {
            if (!relevant[query].Any(entry => entry.Relevance > 0))
                continue;
            count++;
            for (var i = 0; i < Measures; i++)
                sums[i] += measures[query * Measures + i];
        }

        if (count == 0)
            throw new ArgumentException("No query has a relevant entry.", nameof(relevant));
        return new RetrievalScores(sums[0] / count, sums[1] / count, sums[2] / count, sums[3] / count);
    }
}
