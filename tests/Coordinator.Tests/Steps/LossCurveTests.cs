using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Tests.Steps;

public sealed class LossCurveTests
{
    private readonly LossCurve _curve = new();

    [Fact]
    public void Points_FewSteps_AreTheSteps()
    {
        _curve.Add(0, 3);
        _curve.Add(1, 2);

        Assert.Equal([new LossPoint(1, 3), new LossPoint(2, 2)], _curve.Points);
    }

    [Fact]
    public void Points_ManySteps_AreMeansOfNeighbours()
    {
        for (var step = 0; step < 1025; step++)
            _curve.Add(step, step);

        var points = _curve.Points;
        Assert.InRange(points.Length, 256, 512);
        Assert.Equal(new LossPoint(4, 1.5), points[0]);
        Assert.Equal(1025, points[^1].Step);
    }

    [Fact]
    public void Points_StepNotFinite_HasNoPart()
    {
        _curve.Add(0, double.NaN);
        for (var step = 1; step < 512; step++)
            _curve.Add(step, 2);

        Assert.All(_curve.Points, p => Assert.Equal(2, p.Loss));
        Assert.Equal(2, _curve.Points[0].Step);
    }

    [Fact]
    public void Add_StepComputedAgain_CountsOnce()
    {
        _curve.Add(0, 3);
        _curve.Add(0, 3);

        Assert.Single(_curve.Points);
    }
}
