using Distributed.Jobs;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Watch;

/// <summary>The figures of at least two texts as their definitions have them: loops over pairs, singular values of the matrix itself.</summary>
internal static class PlainSpace
{
    public static Dictionary<string, double> Of(EmbeddingBatch batch)
    {
        var texts = Texts(batch);
        if (texts.Count < 2)
            return [];
        var unit = texts.Select(text => text.Select(x => x / (Norm(text) is 0 ? 1 : Norm(text))).ToArray()).ToList();
        var pairs = Enumerable.Range(0, texts.Count).SelectMany(i => Enumerable.Range(0, texts.Count).Where(j => j != i).Select(j => (A: unit[i], B: unit[j]))).ToList();
        var mean = texts.Average(Norm);
        var centre = texts[0].Select((_, i) => texts.Average(text => text[i])).ToArray();
        return new()
        {
            [WatchFigures.NormMean] = mean,
            [WatchFigures.NormSpread] = Math.Sqrt(texts.Average(text => Math.Pow(Norm(text) - mean, 2))),
            [WatchFigures.Radius] = Math.Sqrt(texts.Average(text => Squared(text, centre))),
            [WatchFigures.MeanCosine] = pairs.Average(pair => pair.A.Zip(pair.B, (a, b) => a * b).Sum()),
            [WatchFigures.Uniformity] = Math.Log(pairs.Average(pair => Math.Exp(-2 * Squared(pair.A, pair.B)))),
            [WatchFigures.EffectiveRank] = EffectiveRank(texts),
        };
    }

    private static List<double[]> Texts(EmbeddingBatch batch)
    {
        var known = new HashSet<ulong>();
        return
        [
            .. batch.Columns.SelectMany((column, c) => Enumerable.Range(0, batch.Rows)
                .Where(row => batch.TextHashes[c][row] != 0 && known.Add(batch.TextHashes[c][row]))
                .Select(row => column[row].to(float64).data<double>().ToArray())),
        ];
    }

    private static double EffectiveRank(List<double[]> texts)
    {
        var singular = linalg.svdvals(stack(texts.Select(text => tensor(text)))).data<double>().ToArray();
        var sum = singular.Sum();
        return sum == 0 ? 0 : Math.Exp(singular.Select(s => s / sum).Sum(p => p == 0 ? 0 : -p * Math.Log(p)));
    }

    private static double Norm(double[] text) => Math.Sqrt(text.Sum(x => x * x));

    private static double Squared(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();
}
