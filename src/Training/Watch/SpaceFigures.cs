using static TorchSharp.torch;

namespace Distributed.Training.Watch;

/// <summary>What a cloud of embeddings looks like. Defined for every cloud of at least one text, zero vectors and equal ones included; none is ever NaN.</summary>
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
            var norms = Lengths(embeddings);
            return (norms.mean().item<double>(), norms.std(unbiased: false).item<double>());
        }
    }

    /// <summary>r = √(mean ‖x − mean x‖²), and r / √(mean ‖x‖²): 0 where every x is zero.</summary>
    public (double Absolute, double Relative) Radius
    {
        get
        {
            using var scope = NewDisposeScope();
            var radius = Math.Sqrt(Lengths(embeddings - embeddings.mean([0])).square().mean().item<double>());
            var size = Math.Sqrt(Lengths(embeddings).square().mean().item<double>());
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
            var pairs = unit.sum(dim: 0).square().sum().item<double>() - unit.square().sum().item<double>();
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
            var largest = embeddings.abs().max().item<double>();
            if (largest == 0)
                return 0;
            var scaled = embeddings / largest;
            var gram = Texts < embeddings.size(1) ? scaled.mm(scaled.t()) : scaled.t().mm(scaled);
            var singular = linalg.eigvalsh(gram).clamp_min_(0).sqrt_();
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
            var squares = unit.square().sum(1);                                                            // [n]
            var distances = (squares.unsqueeze(1) + squares - unit.mm(unit.t()).mul_(2)).clamp_min_(0);       // [n, n]
            var kernel = distances.mul_(-2).exp_();
            var pairs = kernel.sum().item<double>() - kernel.diagonal().sum().item<double>();
            return Math.Log(Math.Min(1, pairs / ((double)Texts * (Texts - 1))));
        }
    }

    private static Tensor Lengths(Tensor rows) => rows.norm(1, p: 2f);
}
