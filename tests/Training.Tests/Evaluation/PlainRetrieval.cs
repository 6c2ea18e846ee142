using System.Collections.Immutable;
using Distributed.Data.Reading;
using Distributed.Training.Evaluation;

namespace Distributed.Training.Tests.Evaluation;

/// <summary>Retrieval scores the plain way: one similarity after another by scalar arithmetic, a stable sort of the whole corpus, sums from the definitions.</summary>
internal static class PlainRetrieval
{
    public static RetrievalScores Score(RetrievalSet set, Func<string, float[]> embed)
    {
        var queries = set.Queries.Select(text => Unit(embed(text))).ToArray();
        var corpus = set.Corpus.Select(text => Unit(embed(text))).ToArray();
        double ndcg = 0, mrr = 0, first = 0, ten = 0;
        var counted = 0;
        for (var query = 0; query < queries.Length; query++)
        {
            var relevant = set.Relevant[query].Where(entry => entry.Relevance > 0).ToDictionary(entry => entry.CorpusIndex, entry => entry.Relevance);
            if (relevant.Count == 0)
                continue;
            var ranking = Enumerable.Range(0, corpus.Length).OrderByDescending(entry => Dot(queries[query], corpus[entry])).Take(10).ToArray();
            counted++;
            ndcg += Gain(ranking.Select(entry => relevant.GetValueOrDefault(entry))) / Gain(relevant.Values.OrderDescending().Take(10));
            mrr += ranking.Index().Where(place => relevant.ContainsKey(place.Item)).Select(place => 1.0 / (place.Index + 1)).FirstOrDefault();
            first += (double)ranking.Take(1).Count(relevant.ContainsKey) / relevant.Count;
            ten += (double)ranking.Count(relevant.ContainsKey) / relevant.Count;
        }

        return new RetrievalScores(ndcg / counted, mrr / counted, first / counted, ten / counted);
    }

    private static double Gain(IEnumerable<double> gains) => gains.Index().Sum(place => place.Item * (1 / Math.Log2(place.Index + 2)));

    private static float Dot(float[] left, float[] right)
    {
        var sum = 0f;
        for (var i = 0; i < left.Length; i++)
            sum = MathF.FusedMultiplyAdd(left[i], right[i], sum);
        return sum;
    }

    private static float[] Unit(float[] vector)
    {
        var squares = vector.Aggregate(0.0, (sum, component) => sum + (double)component * component);
        return squares == 0 ? vector : Array.ConvertAll(vector, component => (float)(component / Math.Sqrt(squares)));
    }
}
