using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Benchmarks.Losses;

/// <summary>The losses as formulas over the matrix of all similarities or distances, with autograd: what one writes in plain TorchSharp.</summary>
internal static class FullMatrixLosses
{
    private const double Scale = 20;
    private const double Margin = 5;

    /// <summary>Loss and gradient; returns the loss.</summary>
    public static double Run(string kind, EmbeddingBatch batch)
    {
        using var scope = NewDisposeScope();
        using var gradientMode = enable_grad();
        var columns = batch.Columns.Select(column => column.detach().requires_grad_()).ToArray();
        var loss = kind == "mnrl" ? Ranking(columns[0], columns[1]) : BatchHard(columns[0], tensor(batch.Labels.AsSpan().ToArray()));
        loss.backward();
        var value = loss.item<float>();
        foreach (var column in columns)
            column.grad = null;
        return value;
    }

    private static Tensor Ranking(Tensor anchors, Tensor positives)
    {
        var z = nn.functional.normalize(anchors, dim: 1).mm(nn.functional.normalize(positives, dim: 1).t()) * Scale; // [N, N]
        return nn.functional.cross_entropy(z, arange(z.size(0), int64));
    }

    // Distances by products, as sentence-transformers does.
    private static Tensor BatchHard(Tensor embeddings, Tensor labels)
    {
        var products = embeddings.mm(embeddings.t());
        var squares = products.diagonal();
        var distances = (squares.unsqueeze(0) - (products * 2) + squares.unsqueeze(1)).clamp_min(0);
        var isZero = distances == 0;
        distances = (distances + (isZero.to(float32) * 1e-16)).sqrt() * isZero.logical_not().to(float32);
        var same = labels.unsqueeze(0) == labels.unsqueeze(1);
        var others = same.logical_and(eye(labels.size(0), dtype: ScalarType.Bool).logical_not());
        var hardestPositive = (distances * others.to(float32)).max(1).values;
        var hardestNegative = (distances + (distances.max(1).values.unsqueeze(1) * same.to(float32))).min(1).values;
        return (hardestPositive - hardestNegative + Margin).clamp_min(0).mean();
    }
}
