using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

public sealed class SquaredDifferencesTests
{
    private const double Rounding = 1e-6; // relative, of a few hundred additions in float32

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 17, 7)]
    [InlineData(6, 5, 64)]
    [InlineData(13, 40, 200)]
    public void Of_AnyShape_IsWhatFloat64Gives(int rows, int columns, int width)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var (a, b) = (randn([rows, width], generator: generator), randn([columns, width], generator: generator));

        var squares = SquaredDifferences.Of(a, b);

        var exact = (a.to(float64).unsqueeze(1) - b.to(float64).unsqueeze(0)).square().sum(2);
        Assert.True(((squares.to(float64) - exact) / exact).abs().max().item<double>() < Rounding);
    }

    [Fact]
    public void Of_OneRowAgainstAnother_HasTheSameBitsEverywhere()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var rows = randn([37, 100], generator: generator);
        var all = SquaredDifferences.Of(rows, rows);

        var pairs = SquaredDifferences.Of(rows.unsqueeze(1), rows.flip(0).unsqueeze(1)).view(-1); // row i and row 36 − i

        Assert.True(all.eq(all.t()).all().item<bool>());
        Assert.Equal(0, all.diagonal().abs().max().item<float>());
        Assert.True(pairs.eq(all.flip(1).diagonal()).all().item<bool>());
        Assert.True(SquaredDifferences.Of(rows.narrow(0, 5, 2), rows.narrow(0, 20, 17).clone()).eq(all.narrow(0, 5, 2).narrow(1, 20, 17)).all().item<bool>());
    }

    [Fact]
    public void Of_NearbyPointsFarFromTheOrigin_DoesNotCancel()
    {
        using var scope = NewDisposeScope();
        var a = full(1, 64, 50f);
        var b = a.clone();
        b[0, 0] += 0.003f;

        Assert.Equal((b - a).square().sum().item<float>(), SquaredDifferences.Of(a, b).item<float>());
    }
}
