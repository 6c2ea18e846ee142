using Distributed.Jobs;
using Distributed.Training.Optimization;

namespace Distributed.Training.Tests.Optimization;

public sealed class LearningRateScheduleTests
{
    private static readonly OptimizerOptions Optimizer = new() { LearningRate = 8e-3 };

    [Theory]
    [InlineData(0, 0)]      // as transformers: the first step of a warm-up changes nothing
    [InlineData(1, 2e-3)]
    [InlineData(4, 8e-3)]
    [InlineData(8, 6e-3)]   // a quarter of the way from 4 to 20
    [InlineData(19, 5e-4)]
    [InlineData(20, 0)]
    [InlineData(25, 0)]
    public void Rate_Linear_RisesAndFallsByStraightLines(long step, double expected)
    {
        Assert.Equal(expected, LearningRateSchedule.Rate(step, 20, Optimizer, new() { WarmupSteps = 4 }), 1e-15);
    }

    [Theory]
    [InlineData(2, 4e-3)]
    [InlineData(4, 8e-3)]
    [InlineData(12, 4e-3)]  // half way: cos 90°
    [InlineData(20, 0)]
    public void Rate_Cosine_FallsByHalfACosine(long step, double expected)
    {
        Assert.Equal(expected, LearningRateSchedule.Rate(step, 20, Optimizer, new() { Kind = ScheduleKind.Cosine, WarmupSteps = 4 }), 1e-15);
    }

    [Fact]
    public void Rate_Constant_StaysAfterWarmup()
    {
        Assert.Equal(8e-3, LearningRateSchedule.Rate(19, 20, Optimizer, new() { Kind = ScheduleKind.Constant, WarmupSteps = 4 }));
    }

    [Fact]
    public void Rate_WarmupByRatio_RoundsUp()
    {
        var schedule = new ScheduleOptions { WarmupRatio = 0.1 }; // of 21 steps: 3

        Assert.Equal(8e-3 * 2 / 3, LearningRateSchedule.Rate(2, 21, Optimizer, schedule), 1e-15);
        Assert.Equal(8e-3, LearningRateSchedule.Rate(3, 21, Optimizer, schedule), 1e-15);
    }

    [Fact]
    public void Rate_WarmupLongerThanTheRun_OnlyRises()
    {
        Assert.Equal(4e-3, LearningRateSchedule.Rate(5, 6, Optimizer, new() { WarmupSteps = 10 }), 1e-15);
    }
}
