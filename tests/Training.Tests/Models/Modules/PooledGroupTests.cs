using Distributed.Jobs;
using Distributed.Training.Models.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Modules;

public sealed class PooledGroupTests
{
    private const double Tolerance = 1e-12;

    // Two texts of three tokens: the states of the first are 1, 2, 6, of the second 8, 4, 2.
    private static readonly double[,,] States = { { { 1 }, { 2 }, { 6 } }, { { 8 }, { 4 }, { 2 } } };

    [Theory]
    [InlineData(PoolingMode.Mean, 3, 14.0 / 3)]
    [InlineData(PoolingMode.Cls, 1, 8)]
    [InlineData(PoolingMode.Max, 6, 8)]
    [InlineData(PoolingMode.LastToken, 6, 2)]
    [InlineData(PoolingMode.WeightedMean, (1 + 4 + 18) / 6.0, (8 + 8 + 6) / 6.0)]
    [InlineData(PoolingMode.MeanSqrtLength, 9 / 1.7320508075688772, 14 / 1.7320508075688772)]
    public void Pool_AllTokens_IsTheModesFormula(PoolingMode mode, double first, double second) => AssertPools(mode, [0, 0], first, second);

    /// <summary>The first text counts from its second token on: places keep their weights. Of the second nothing counts.</summary>
    [Theory]
    [InlineData(PoolingMode.Mean, 4, 0)]
    [InlineData(PoolingMode.Cls, 2, 8)]
    [InlineData(PoolingMode.Max, 6, 0)]
    [InlineData(PoolingMode.LastToken, 6, 0)]
    [InlineData(PoolingMode.WeightedMean, (4 + 18) / 5.0, 0)]
    [InlineData(PoolingMode.MeanSqrtLength, 8 / 1.4142135623730951, 0)]
    public void Pool_PromptLeftOut_CountsTheRest(PoolingMode mode, double first, double second) => AssertPools(mode, [1, 3], first, second);

    private static void AssertPools(PoolingMode mode, int[] firstPooled, double first, double second)
    {
        using var scope = NewDisposeScope();

        var pooled = PooledGroup.Of(tensor(States), firstPooled).Pool(mode);

        Assert.Equal([2, 1], pooled.shape);
        Assert.Equal(first, pooled[0, 0].item<double>(), Tolerance);
        Assert.Equal(second, pooled[1, 0].item<double>(), Tolerance);
    }
}
