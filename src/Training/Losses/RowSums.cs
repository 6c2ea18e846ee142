using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>Sums over the rows of a global batch.</summary>
internal static class RowSums
{
    /// <summary>Sum of a column of [rows, statistics], in double precision and canonical order.</summary>
    public static double Of(Tensor statistics, int column = 0)
    {
        using var scope = NewDisposeScope();
        var sum = 0.0;
        foreach (var value in statistics.select(1, column).to(ScalarType.Float64).contiguous().data<double>())
            sum += value;
        return sum;
    }
}
