using System.Text.Json;
using Distributed.Cli.Status;

namespace Distributed.Cli.Tests.Status;

public sealed class StatusJsonTests
{
    /// <summary>As the coordinator answers.</summary>
    private const string Sample =
        """
        {"runId":"a1","state":"running","detail":"","incarnation":1,"epoch":2,"step":120,"totalSteps":447,"loss":1.25,"lossHistory":[],
         "rowsPerSecond":810.5,"etaSeconds":133.2,"task":"train","wantedWorkers":2,
         "workers":[{"workerId":"worker-0","phase":"Computing","rank":0,"generation":3,"shards":8,"heartbeatAgeSeconds":0.2,"stepSeconds":0.3},
                    {"workerId":"worker-1","phase":"Standby","rank":null,"generation":null,"shards":0,"heartbeatAgeSeconds":0.2,"stepSeconds":null}],
         "generations":[{"number":3,"worldSize":1,"stepsDecided":100,"formedAt":"2026-01-01T00:00:00Z","endedAt":null,"reason":""},{"number":2}],
         "evaluations":[{"step":0,"metrics":{"mrr@10":0.01,"ndcg@10":0.02,"recall@10":"NaN"}}],
         "skippedSteps":[7],"checkpoints":[],"events":[]}
        """;

    private static RunStatus Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return StatusJson.Read(document.RootElement);
    }

    [Fact]
    public void Read_RunningRun_HasItsFigures()
    {
        var status = Read(Sample);

        Assert.Equal("training", status.Phase);
        Assert.Equal((120, 447, 2), (status.Step, status.TotalSteps, status.Epoch));
        Assert.Equal((1.25, 810.5, TimeSpan.FromSeconds(133.2)), (status.Loss, status.RowsPerSecond, status.Remaining));
        Assert.Equal((3, 1, 2), (status.Generation, status.Workers, status.WantedWorkers));
        Assert.Null(status.Detail);
        Assert.Contains("7", Assert.Single(status.Alarms), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AlarmsOfTheWatch_AreNamedWithTheirStep()
    {
        var status = Read("""{"alarms":[{"name":"collapse","step":150,"reason":"mean cosine 0.99"}],"skippedSteps":[7]}""");

        Assert.Equal("alarm collapse since step 150: mean cosine 0.99", status.Alarms[0]);
        Assert.Equal(2, status.Alarms.Length);
    }

    [Fact]
    public void Read_Evaluations_AreByName()
    {
        var scores = Assert.Single(Read(Sample).Evaluations);

        Assert.Equal(0, scores.Step);
        Assert.Equal(0.02, scores.Metrics["ndcg@10"]);
        Assert.True(double.IsNaN(scores.Metrics["recall@10"]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"step":"many","workers":3,"evaluations":[1,{}],"generations":[1]}""")]
    public void Read_SomethingElse_IsUnknown(string json)
    {
        var status = Read(json);

        Assert.Null(status.Step);
        Assert.Empty(status.Evaluations);
        Assert.Null(status.Generation);
    }
}
