using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Watch;

/// <summary>
/// What a cloud of embeddings looks like. Defined for every cloud of at least one text, zero vectors and equal ones included; none is ever NaN. Worked out
/// a few rows at a time: what is made on the way stays small.
/// </summary>
/// <param name="embeddings">[texts, dim], float64, finite.</param>
internal sealed class SpaceFigures(Tensor embeddings)
{
    /// <summary>Number of embeddings.</summary>
    public int Texts => (int)embeddings.size(0);

    /// <summary>Mean and standard deviation of ‖x‖.</summary>
    public (double Mean, double Spread) Norms
    {
        get
        {
            using var scope = NewDisposeScope();
            var norms = EachRow(embeddings, Lengths);
            return (norms.mean().item<double>(), norms.std(unbiased: false).item<double>());
        }
    }

    /// <summary>r = √(mean ‖x − mean x‖²), and r / √(mean ‖x‖²): 0 where every x is zero.</summary>
    public (double Absolute, double Relative) Radius
    {
        get
        {
            using var scope = NewDisposeScope();
            var center = embeddings.mean([0]);
            var radius = Math.Sqrt(EachRow(embeddings, rows => Lengths(rows - center)).square().mean().item<double>());
            var size = Math.Sqrt(EachRow(embeddings, Lengths).square().mean().item<double>());
            return (radius, size == 0 ? 0 : radius / size);
        }
    }

    /// <summary>
    /// Mean of x̂_i · x̂_j over i ≠ j = (‖Σ x̂‖² − Σ ‖x̂‖²) / (n(n − 1)), without the n × n products. A zero vector's cosines are 0. Needs two texts.
    /// </summary>
    public double MeanCosine
    {
        get
        {
            using var scope = NewDisposeScope();
            var unit = Directions.Of(embeddings);
            var pairs = unit.sum(dim: 0).square().sum().item<double>() - EachRow(unit, Squares).sum().item<double>();
            return pairs / ((double)Texts * (Texts - 1));
        }
    }

    /// <summary>
    /// exp(−Σ p_k ln p_k), p_k = σ_k / Σ σ, over the singular values σ of the matrix of embeddings: how many directions they use (Roy &amp; Vetterli 2007,
    /// "The effective rank: a measure of effective dimensionality"; for embeddings Garrido et al. 2023, RankMe, arXiv 2210.02885). The embeddings are not
    /// centred: a cloud that shrinks to one point has rank 1, whatever its shape. 0 where all are zero.
    /// </summary>
    public double EffectiveRank
    {
        get
        {
            using var scope = NewDisposeScope();
            var largest = EachRow(embeddings, rows => rows.abs().amax([1])).max().item<double>();
            if (largest == 0)
                return 0;
            var singular = linalg.eigvalsh(Gram(Texts < embeddings.size(1) ? embeddings.t() : embeddings, largest)).clamp_min_(0).sqrt_();
            var shares = singular / singular.sum();
            return Math.Exp(special.entr(shares).sum().item<double>());
        }
    }

    /// <summary>ln mean exp(−2 ‖x̂_i − x̂_j‖²) over i ≠ j (Wang &amp; Isola 2020, arXiv 2005.10242, t = 2). Needs two texts.</summary>
    public double Uniformity
    {
        get
        {
            using var scope = NewDisposeScope();
            var unit = Directions.Of(embeddings);
            var squares = EachRow(unit, Squares);                                                              // [n]
            var kernels = EachRow(unit, few => (Squares(few).unsqueeze(1) + squares).sub_(few.mm(unit.t()).mul_(2)).clamp_min_(0).mul_(-2).exp_().sum(1));
            var pairs = kernels.sum().item<double>() - Texts; // a row is at distance 0 from itself
            return Math.Log(Math.Min(1, pairs / ((double)Texts * (Texts - 1))));
        }
    }

    // Σ x xᵀ over the rows of a matrix [rows, width], each divided by a number first.
    private static Tensor Gram(Tensor matrix, double divisor)
    {
        using var scope = NewDisposeScope();
        var gram = zeros([matrix.size(1), matrix.size(1)], matrix.dtype, matrix.device);
        foreach (var few in Blocks.OfSmall(matrix))
        {
            using var blockScope = NewDisposeScope();
            var scaled = matrix.narrow(0, few.Start, few.Count) / divisor;
            gram.addmm_(scaled.t(), scaled);
        }

        return gram.MoveToOuterDisposeScope();
    }

    // A number of each row, [rows].
    private static Tensor EachRow(Tensor matrix, Func<Tensor, Tensor> number) => Blocks.Fill(empty(matrix.size(0), matrix.dtype, matrix.device), matrix, number);

    private static Tensor Lengths(Tensor rows) => rows.norm(1, p: 2f);

    private static Tensor Squares(Tensor rows) => rows.square().sum(1);
}
