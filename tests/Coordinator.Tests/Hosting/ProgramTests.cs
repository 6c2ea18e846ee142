using System.Runtime.InteropServices;
using System.Text.Json;
using Distributed.Coordinator.Tests.Endpoints;

namespace Distributed.Coordinator.Tests.Hosting;

/// <summary>The program from outside: exit codes, what it prints, how it is stopped.</summary>
public sealed partial class ProgramTests : IDisposable
{
    private const int Sigint = 2;
    private const int Sigterm = 15;

    private readonly JobFolder _job = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _job.Dispose();

    [Fact]
    public async Task Start_PortIsTaken_IsOneLineAndExitCode2()
    {
        await using var running = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);
        using var other = new JobFolder();

        var (exitCode, output, errors) = await Run("--job", other.JobFile, "--listen", running.Host.Addresses.Grpc);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(running.Host.Addresses.Grpc, Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OtherThanLoopback_IsOneLineAndExitCode2()
    {
        var (exitCode, output, errors) = await Run("--job", _job.JobFile, "--listen", "http://0.0.0.0:0");

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("TLS", Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_BadJob_IsALineForEachMistakeAndExitCode2()
    {
        using var job = new JobFolder(extra: "surprise: 1\nseed: x");

        var (exitCode, output, errors) = await Run("--job", job.JobFile);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Equal(2, Lines(errors).Length);
    }

    [Fact]
    public async Task Start_UnknownOption_IsExitCode2()
    {
        var (exitCode, _, errors) = await Run("--job", _job.JobFile, "--surprise");

        Assert.Equal(2, exitCode);
        Assert.Contains("--surprise", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_RunIsFinished_SaysSoAndExitCode0()
    {
        await using (var running = await RunningCoordinator.StartAsync(_job.Arguments(workers: 1), Cancelled))
            await running.Worker("a").RunAsync(Cancelled);
        Directory.CreateDirectory(Path.Combine(_job.Output, "model"));
        await File.WriteAllTextAsync(Path.Combine(_job.Output, "model", "modules.json"), "[]", Cancelled);

        var (exitCode, output, _) = await Run("--job", _job.JobFile);

        Assert.Equal(0, exitCode);
        Assert.Contains("This run is finished", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_RunIsFinishedButItsModelIsGone_RunsAgainToSaveIt()
    {
        await using (var running = await RunningCoordinator.StartAsync(_job.Arguments(workers: 1), Cancelled))
            await running.Worker("a").RunAsync(Cancelled);

        using var process = CoordinatorProcess.Start("--job", _job.JobFile);
        await process.AddressesAsync(_job.Output, Cancelled);
        Signal(process.Id, Sigterm);
        var (exitCode, output, _) = await process.EndAsync(Cancelled);

        Assert.Equal(0, exitCode);
        Assert.Contains("its model is missing", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_NobodyJoined_StopsWithExitCode0AndOneJsonObjectALine()
    {
        using var process = CoordinatorProcess.Start("--job", _job.JobFile);
        var addresses = await process.AddressesAsync(_job.Output, Cancelled);
        Assert.Equal(process.Id, addresses.GetProperty("pid").GetInt32());

        Signal(process.Id, Sigterm);
        var (exitCode, output, errors) = await process.EndAsync(Cancelled);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.All(Lines(output), line => Assert.Equal(JsonValueKind.String, JsonDocument.Parse(line).RootElement.GetProperty("RunId").ValueKind));
        Assert.Contains("SIGTERM", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_job.Output, "coordinator.json")));
    }

    [Fact]
    public async Task Lifeline_SigintThenStop_OnlyTheLineStopsIt()
    {
        using var process = CoordinatorProcess.Start("--job", _job.JobFile, "--lifeline");
        await process.AddressesAsync(_job.Output, Cancelled);

        Signal(process.Id, Sigint);
        await process.Input.WriteLineAsync("stop");
        await process.Input.FlushAsync(Cancelled);
        var (exitCode, output, _) = await process.EndAsync(Cancelled);

        Assert.Equal(0, exitCode);
        Assert.Contains("the launcher", output, StringComparison.Ordinal);
        Assert.DoesNotContain("SIGINT", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lifeline_Closes_TheProcessEndsItself()
    {
        using var process = CoordinatorProcess.Start("--job", _job.JobFile, "--lifeline");
        await process.AddressesAsync(_job.Output, Cancelled);

        process.Input.Close();
        var (exitCode, output, _) = await process.EndAsync(Cancelled);

        Assert.Equal(1, exitCode);
        Assert.Contains("the launcher is gone", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> Run(params string[] arguments)
    {
        using var process = CoordinatorProcess.Start(arguments);
        return await process.EndAsync(Cancelled);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static void Signal(int processId, int signal) => Assert.Equal(0, Kill(processId, signal));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
