using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Pairs;

/// <summary>The pair losses as the papers and the peer write them: all differences in one matrix, complex division, gradients by autograd.</summary>
internal static class PlainPairLosses
{
    public static Tensor Of(LossOptions options, EmbeddingBatch batch, Tensor[] columns)
    {
        var (a, b) = (columns[0], columns[1]);
        var scores = tensor(batch.Scores.ToArray()).to(a.dtype);
        return options switch
        {
            ContrastiveLossOptions { Online: true } pairs => OnlineContrastive(Distances(a, b, pairs.Distance), scores, pairs.Margin),
            ContrastiveLossOptions pairs => Contrastive(Distances(a, b, pairs.Distance), scores, pairs),
            ScoreLossOptions { Objective: ScoreObjective.CosineSimilarity } => (Cosine(a, b, 1e-8) - scores).square().mean(),
            ScoreLossOptions { Objective: ScoreObjective.CoSent } pairs => Order(Cosine(a, b, 1e-12) * pairs.Scale, scores),
            ScoreLossOptions pairs => Order(Angle(a, b) * pairs.Scale, scores),
            _ => throw new ArgumentOutOfRangeException(nameof(options)),
        };
    }

    private static Tensor Contrastive(Tensor distances, Tensor scores, ContrastiveLossOptions options)
    {
        var losses = 0.5 * ((scores * distances.square()) + ((1 - scores) * (options.Margin - distances).clamp_min(0).square()));
        return options.Sum ? losses.sum() : losses.mean();
    }

    private static Tensor OnlineContrastive(Tensor distances, Tensor scores, double margin)
    {
        var (positives, negatives) = (distances[scores == 1], distances[scores == 0]);
        var (farthest, nearest) = (Threshold(positives, negatives, most: true), Threshold(negatives, positives, most: false));
        return positives[positives > nearest].square().sum() + (margin - negatives[negatives < farthest]).clamp_min(0).square().sum();
    }

    // Of two or more its most extreme distance, otherwise the mean of the others.
    private static double Threshold(Tensor own, Tensor others, bool most)
    {
        if (own.numel() > 1)
            return (most ? own.max() : own.min()).item<double>();
        return others.numel() == 0 ? double.NaN : Math.Clamp(others.mean().item<double>(), others.min().item<double>(), others.max().item<double>());
    }

    private static Tensor Order(Tensor z, Tensor scores)
    {
        var differences = z.unsqueeze(1) - z.unsqueeze(0);
        var counts = scores.unsqueeze(1) < scores.unsqueeze(0);
        return logsumexp(cat([zeros(1, z.dtype), differences[counts]], 0), 0);
    }

    private static Tensor Distances(Tensor a, Tensor b, Distance distance)
    {
        if (distance is Distance.Cosine)
            return 1 - Cosine(a, b, 1e-8);
        var difference = a - b + 1e-6;
        return distance is Distance.Manhattan ? difference.abs().sum(1) : difference.square().sum(1).sqrt();
    }

    private static Tensor Cosine(Tensor a, Tensor b, double smallest) => (Unit(a, smallest) * Unit(b, smallest)).sum(1);

    // A zero row's slope is that of the division by the smallest norm alone.
    private static Tensor Unit(Tensor rows, double smallest) =>
        where((rows == 0).all(1, keepdim: true), rows / smallest, nn.functional.normalize(rows, p: 2, dim: 1, eps: smallest));

    // Zero rows are taken out: division by them is undefined.
    private static Tensor Angle(Tensor x, Tensor y)
    {
        if (x.size(1) % 2 == 1)
            (x, y) = (nn.functional.pad(x, [0, 1]), nn.functional.pad(y, [0, 1]));
        var isZero = (x == 0).all(1, keepdim: true).logical_or_((y == 0).all(1, keepdim: true));
        (x, y) = (x.masked_fill(isZero, 1), y.masked_fill(isZero, 1));
        var ((a, b), (c, d)) = (Halves(x), Halves(y));
        var z = (c.square() + d.square()).sum(1, keepdim: true);
        var lengths = (a.square() + b.square()).sum(1, keepdim: true).sqrt() / z.sqrt();
        var angle = ((((a * c) + (b * d)) / z / lengths) + (((b * c) - (a * d)) / z / lengths)).sum(1).abs();
        return angle.masked_fill(isZero.squeeze(1), 0);
    }

    private static (Tensor, Tensor) Halves(Tensor rows) => (rows.chunk(2, 1)[0], rows.chunk(2, 1)[1]);
}
