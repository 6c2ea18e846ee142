using System.Text.Json;
using Distributed.Testing;

namespace Distributed.Integration.Tests;

/// <summary>The jobs that are made to go wrong do, and the embedding watch says in which way.</summary>
[Trait("Speed", "slow")]
public sealed class DemonstrationTests
{
    [Theory]
    [InlineData("demo-collapse", "collapse")]
    [InlineData("demo-explosion", "explosion")]
    public async Task Train_DemonstrationJob_EndsWithTheAlarmOfItsName(string job, string alarm)
    {
        using var run = new RunUnderTest(Text(job));
        await using var training = TrainingProcess.Start(run, "--workers", "2");

        var raised = await training.WaitForAsync("Alarm {Alarm} at step {Step}");

        Assert.Equal(alarm, raised.GetProperty("Alarm").GetString());
        Assert.True(await training.WaitForExitAsync() == 1, training.Said);
        Assert.Equal(1, training.Said.Split("\"Alarm {Alarm} at step {Step}").Length - 1);
        Assert.StartsWith($"Run failed: alarm {alarm} at step ", Ending(training).GetProperty("Reason").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The job as it is shipped, to be read from another folder.</summary>
    private static string Text(string job) => File.ReadAllText(Path.Combine(Repository.Root, "jobs", $"{job}.yaml"))
        .Replace("../data", Path.Combine(Repository.Root, "data"), StringComparison.Ordinal)
        .Replace($"../runs/{job}", "OUTPUT", StringComparison.Ordinal);

    private static JsonElement Ending(TrainingProcess training) =>
        JsonDocument.Parse(training.Said.Split('\n').Last(line => line.Contains("\"Run {Outcome} after", StringComparison.Ordinal))).RootElement;
}
