using System.Net;
using System.Text.Json;
using Distributed.Coordinator.Hosting;
using Distributed.Coordinator.Tests.Endpoints;

namespace Distributed.Coordinator.Tests.Dashboard;

/// <summary>What a browser or a probe gets.</summary>
public sealed class DashboardTests : IDisposable
{
    private readonly JobFolder _job = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _job.Dispose();

    [Fact]
    public async Task Status_BeforeAnyoneJoins_SaysWhatIsWaitedFor()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);
        using var browser = coordinator.Browser();

        using var status = JsonDocument.Parse(await browser.GetStringAsync("/api/status", Cancelled));

        var root = status.RootElement;
        Assert.Equal("waiting", root.GetProperty("state").GetString());
        Assert.Equal(3, root.GetProperty("totalSteps").GetInt64());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("loss").ValueKind);
        Assert.Equal(coordinator.Facts.RunId, root.GetProperty("runId").GetString());
    }

    [Fact]
    public async Task Status_AfterTheEnd_IsSeenByWhoeverWasLooking()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(workers: 1), Cancelled);
        using var browser = coordinator.Browser();
        await browser.GetStringAsync("/api/status", Cancelled);

        await coordinator.Worker("a").RunAsync(Cancelled);
        using var status = JsonDocument.Parse(await browser.GetStringAsync("/api/status", Cancelled));

        Assert.Equal("completed", status.RootElement.GetProperty("state").GetString());
        Assert.Equal([1, 0.5, 1.0 / 3], status.RootElement.GetProperty("lossHistory").EnumerateArray().Select(p => p.GetProperty("loss").GetDouble()));
        Assert.Equal(
            [(0, 0.25), (1, 0.25), (2, 0.25)],
            status.RootElement.GetProperty("watch").EnumerateArray().Select(m => (m.GetProperty("step").GetInt32(), m.GetProperty("figures").GetProperty("mean_cosine").GetDouble())));
        Assert.Empty(status.RootElement.GetProperty("alarms").EnumerateArray());
        Assert.Equal(0, await coordinator.Ended);
    }

    [Fact]
    public async Task Health_WhileRunning_IsWell()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);
        using var browser = coordinator.Browser();

        Assert.Equal("ok\n", await browser.GetStringAsync("/health/live", Cancelled));
        Assert.Equal("ok\n", await browser.GetStringAsync("/health/ready", Cancelled));
    }

    [Fact]
    public async Task Health_LoopHasEnded_IsNotWell()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);
        using var browser = coordinator.Browser();
        await coordinator.Host.Loop.PostAsync(new Distributed.Coordinator.Runs.StopRequested("test"), Cancelled);
        await coordinator.Ended;

        var health = await browser.GetAsync("/health/live", Cancelled);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
    }

    [Fact]
    public async Task Page_NeedsNothingFromElsewhere()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);
        using var browser = coordinator.Browser();

        var page = await browser.GetStringAsync("/", Cancelled);

        Assert.Contains("/api/status", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("elsewhere.example", HttpStatusCode.BadRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    public async Task Status_AskedByAName_IsAnsweredOnlyWhereItIsThisMachines(string host, HttpStatusCode expected)
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);
        using var browser = coordinator.Browser();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/status") { Headers = { Host = host } };

        using var answer = await browser.SendAsync(request, Cancelled);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Page_AskedForItsHeadersAlone_Answers()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);
        using var browser = coordinator.Browser();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/");

        using var answer = await browser.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Start_PortIsTaken_IsOneLine()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);
        using var other = new JobFolder();
        var taken = other.Arguments() with { Listen = LoopbackAddress.Parse("--listen", coordinator.Host.Addresses.Grpc) };

        var refusal = await Assert.ThrowsAsync<BadInputException>(() => RunningCoordinator.StartAsync(taken, Cancelled));

        Assert.Contains(coordinator.Host.Addresses.Grpc, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
