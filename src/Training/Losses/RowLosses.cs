using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>The loss of a global batch from its rows' losses.</summary>
internal static class RowLosses
{
    /// <summary>Sum of the first column of [rows, statistics], in double precision and canonical order.</summary>
    public static double Sum(Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var sum = 0.0;
        foreach (var loss in statistics.select(1, 0).to(ScalarType.Float64).contiguous().data<double>())
            sum += loss;
        return sum;
    }
}
