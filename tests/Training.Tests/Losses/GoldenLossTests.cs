using Distributed.Testing;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

public sealed class GoldenLossTests
{
    private const double Float64Relative = 1e-10;
    private const double Float32LossRelative = 2e-6;     // the peer's own float32 is 3e-7 off its float64
    private const double Float32LossAbsolute = 2e-7;     // a small loss is the difference of terms of order 1
    private const double Float32GradientRelative = 1e-5; // of the largest entry; the peer's own is 1.5e-6 off
    private const double CachedGradientRelative = 1e-7;  // the peer's cached loss multiplies by a float32, in float64 too
    private const double ZeroGradient = 1e-7;            // where the true gradient is 0

    private const string CachedWithoutTwin = "matryoshka_cmnrl_col37"; // all others are compared with the same loss without a cache

    public static TheoryData<string> Names => [.. GoldenLosses.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_StoredEmbeddingsInFloat64_EqualsPeer(string name) =>
        Check(name, float64, Float64Relative, absoluteTolerance: 0, name == CachedWithoutTwin ? CachedGradientRelative : Float64Relative);

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_StoredEmbeddingsInFloat32_EqualsPeer(string name) =>
        Check(name, float32, Float32LossRelative, Float32LossAbsolute, Float32GradientRelative);

    private static void Check(string name, ScalarType dtype, double lossTolerance, double absoluteTolerance, double gradientTolerance)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenLosses.Read(name, dtype);

        var run = LossRun.Of(EmbeddingLoss.Create(PeerLoss.Translate(golden.Loss, golden.Arguments, out _)!), golden.Batch);

        if (double.IsNaN(golden.Value))
            Assert.True(double.IsFinite(run.Value));
        else
            Assert.Equal(golden.Value, run.Value, (lossTolerance * Math.Abs(golden.Value)) + absoluteTolerance);
        foreach (var (ours, peers) in run.Gradients.Zip(golden.Gradients))
        {
            // Where the peer's gradient is NaN, ours is finite; the rest is the same all the same.
            Assert.True(ours.isfinite().all().item<bool>());
            var isUndefined = peers.isfinite().logical_not();
            var error = (ours.to(float64) - peers).abs().masked_fill(isUndefined, 0).max().item<double>();
            var largest = peers.abs().masked_fill(isUndefined, 0).max().item<double>();
            var limit = largest < ZeroGradient ? ZeroGradient : (gradientTolerance * largest) + (gradientTolerance * 1e-3);
            Assert.True(error <= limit, $"gradient is {error:R} off, largest entry {largest:R}");
        }
    }
}
