using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>The numbers of each row that all ranks need or that figures are made of: columns of one tensor [rows, columns].</summary>
internal static class RankingStatistics
{
    /// <summary>The row's loss.</summary>
    public const int Loss = 0;

    /// <summary>∂ℓ/∂z of the row's pair, as the row's own softmaxes give it.</summary>
    public const int PairSlope = 1;

    /// <summary>Similarity of the row's pair.</summary>
    public const int Similarity = 2;

    /// <summary>1 where no candidate of query-document is as near to the anchor as the row's positive, else 0.</summary>
    public const int IsFirst = 3;

    /// <summary>∂ℓ/∂ log scale.</summary>
    public const int ScaleSlope = 4;

    /// <summary>How many candidates the score mask left out.</summary>
    public const int Masked = 5;

    private const int BeforeSoftmaxes = 6;

    /// <summary>Number of columns.</summary>
    public static int Count(int softmaxes) => BeforeSoftmaxes + (2 * softmaxes);

    /// <summary>Column of a softmax's largest logit.</summary>
    public static int Largest(int softmax) => BeforeSoftmaxes + (2 * softmax);

    /// <summary>Column of 1 / Σ exp(z − largest), divided by the number of softmaxes.</summary>
    public static int Factor(int softmax) => BeforeSoftmaxes + (2 * softmax) + 1;

    /// <summary>One number of some rows, [rows, 1], contiguous.</summary>
    public static Tensor Of(Tensor statistics, int column, ShardRange rows) => statistics.narrow(0, rows.Start, rows.Count).narrow(1, column, 1).contiguous();
}
