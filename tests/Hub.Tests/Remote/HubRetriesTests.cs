using Distributed.Hub.Remote;
using Microsoft.Extensions.Time.Testing;

namespace Distributed.Hub.Tests.Remote;

public sealed class HubRetriesTests
{
    private readonly FakeTimeProvider _time = new();
    private int _attempts;

    [Fact]
    public async Task Execute_ToldToWait_WaitsSoLong()
    {
        var run = Execute(new HubException(HubError.Unavailable, "429") { MayPass = true, RetryAfter = TimeSpan.FromSeconds(7) });

        _time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Equal((1, false), (_attempts, run.IsCompleted));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await run;

        Assert.Equal(2, _attempts);
    }

    [Fact]
    public async Task Execute_NotToldToWait_WaitsAMomentWithJitter()
    {
        var run = Execute(new HubException(HubError.Unavailable, "500") { MayPass = true });

        Assert.False(run.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(20));
        await run;

        Assert.Equal(2, _attempts);
    }

    [Fact]
    public async Task Execute_ToldToWaitForHours_DoesNot() =>
        await Assert.ThrowsAsync<HubException>(() => Execute(new HubException(HubError.Unavailable, "429") { MayPass = true, RetryAfter = TimeSpan.FromHours(1) }));

    [Fact]
    public async Task Execute_WhatDoesNotPass_IsNotRepeated()
    {
        await Assert.ThrowsAsync<HubException>(() => Execute(new HubException(HubError.AccessDenied, "401")));

        Assert.Equal(1, _attempts);
    }

    private Task Execute(HubException first) => HubRetries.Create(new HubOptions { CacheFolder = "/none" }, _time)
        .ExecuteAsync(_ => _attempts++ == 0 ? throw first : ValueTask.CompletedTask, TestContext.Current.CancellationToken).AsTask();
}
