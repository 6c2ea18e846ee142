using System.IO.Hashing;
using Distributed.Training.Collectives;
using Distributed.Training.Optimization;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Optimization;

public sealed class GradientSummaryTests
{
    [Fact]
    public void Of_ThreeFourFive_NormIsFive()
    {
        var summary = GradientSummary.Of(tensor(new[] { 3f, 0f, -4f }));

        Assert.Equal(5.0, summary.Norm);
        Assert.True(summary.IsFinite);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Of_OneElementIsNotFinite_IsSeenWhereverItIs(float value)
    {
        foreach (var place in new[] { 0, 15, 16, 20_000, 40_001 })
        {
            var gradient = zeros(40_002);
            gradient[place] = value;
            Assert.False(GradientSummary.Of(gradient).IsFinite);
        }
    }

    [Fact]
    public void Of_LargestFloats_IsFinite()
    {
        Assert.True(GradientSummary.Of(full(100, float.MaxValue)).IsFinite);
    }

    [Fact]
    public void Of_ManyBlocks_HasTheNormAndHashOfTheWhole()
    {
        using var gradient = randn(100_003);

        var summary = GradientSummary.Of(gradient);

        Assert.Equal(gradient.to(float64).norm().item<double>(), summary.Norm, 1e-10);
        Assert.Equal(XxHash64.HashToUInt64(new TensorMemory<byte>(gradient).GetSpan()), summary.Digest);
        Assert.Equal(summary.Norm, GradientSummary.Of(gradient.to(float64)).Norm, 1e-10);
    }

    [Fact]
    public void ClipFactor_NormAboveTheLimit_IsPyTorchs()
    {
        var summary = new GradientSummary(Norm: 4, Digest: 0);

        Assert.Equal(1 / 4.000001, summary.ClipFactor(1), 1e-15);
        Assert.Equal(1.0, summary.ClipFactor(5));
        Assert.Equal(1.0, summary.ClipFactor(null));
    }
}
