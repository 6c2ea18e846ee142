using System.Collections.Concurrent;

namespace Distributed.Integration.Tests;

/// <summary>Runs each small job once, with one worker and no fault: what every other run of it must end with.</summary>
internal static class UndisturbedRuns
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Hashes = new();

    /// <summary>SHA-256 of the model that <paramref name="job"/> ends with.</summary>
    public static Task<string> ModelHashAsync(string job) => Hashes.GetOrAdd(job, _ => new(() => TrainAsync(job))).Value;

    private static async Task<string> TrainAsync(string job)
    {
        using var run = new RunUnderTest(job);
        await using var training = TrainingProcess.Start(run, "--workers", "1");
        Assert.True(await training.WaitForExitAsync() == 0, training.Said);
        return run.ModelHash;
    }
}
