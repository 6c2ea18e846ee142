using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Tests.Steps;

public sealed class StepClockTests
{
    private readonly StepClock _clock = new();

    [Fact]
    public void Deadline_NoStepYet_IsTenSeconds() => Assert.Equal(TimeSpan.FromSeconds(10), _clock.Deadline);

    [Fact]
    public void Deadline_ShortSteps_IsTenSeconds()
    {
        _clock.Add(TimeSpan.FromSeconds(2.5), 1);

        Assert.Equal(TimeSpan.FromSeconds(10), _clock.Deadline);
    }

    [Fact]
    public void Deadline_LongSteps_IsFourTimesTheirNinetyFifthPercentile()
    {
        foreach (var seconds in Enumerable.Range(1, 20))
            _clock.Add(TimeSpan.FromSeconds(seconds), 1);

        Assert.Equal(TimeSpan.FromSeconds(4 * 19), _clock.Deadline);
    }

    [Fact]
    public void Deadline_LongStepsLongAgo_ForgetsThem()
    {
        _clock.Add(TimeSpan.FromHours(1), 1);
        for (var step = 0; step < 64; step++)
            _clock.Add(TimeSpan.FromSeconds(1), 8);

        Assert.Equal(TimeSpan.FromSeconds(10), _clock.Deadline);
        Assert.Equal(8, _clock.RowsPerSecond);
        Assert.Equal(TimeSpan.FromSeconds(1), _clock.Mean);
    }
}
