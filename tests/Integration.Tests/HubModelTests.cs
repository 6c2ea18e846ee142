using Distributed.Hub.Tests.Serving;
using Distributed.Testing;

namespace Distributed.Integration.Tests;

/// <summary>The real programs with a model of the hub, which is a server of this test.</summary>
[Trait("Speed", "slow")]
public sealed class HubModelTests : IAsyncLifetime
{
    private const string Id = "org/mini";

    private readonly TemporaryFolder _folder = new();
    private HubServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Model => ReferenceData.PathOf("encoder", "mini-mean");

    public async ValueTask InitializeAsync()
    {
        _server = await HubServer.StartAsync();
        _server.Publish(Id, Served(1));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Encode_SeveralProgramsAtOnce_FetchTheModelOnceAndGiveTheFoldersNumbers()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => RunAsync("encode", "--model", Id, "--text", "a small cat", "--output", _folder.PathOf($"{i}.npy"))));
        var byFolder = await RunAsync("encode", "--model", Model, "--text", "a small cat", "--output", _folder.PathOf("folder.npy"));

        Assert.All([.. runs, byFolder], run => Assert.True(run.ExitCode == 0 && OnlyWrote(run.Error), $"{run}"));
        var expected = await File.ReadAllBytesAsync(_folder.PathOf("folder.npy"), Cancellation);
        for (var i = 0; i < runs.Length; i++)
            Assert.Equal(expected, await File.ReadAllBytesAsync(_folder.PathOf($"{i}.npy"), Cancellation));
        Assert.Single(_server.Requests, request => request.IsCdn && request.Path.EndsWith("/model.safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Encode_SharedByWorkers_AsksTheHubOnce()
    {
        await File.WriteAllLinesAsync(_folder.PathOf("texts.txt"), Enumerable.Range(0, 600).Select(i => $"cat {i}"), Cancellation);

        var run = await RunAsync("encode", "--model", Id, "--input", _folder.PathOf("texts.txt"), "--output", _folder.PathOf("out.npy"), "--workers", "3");

        Assert.True(run.ExitCode == 0 && OnlyWrote(run.Error), $"{run}");
        Assert.Single(_server.Requests, request => request.Path.StartsWith("/api/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("org/none", "has no such model or revision (nor is there a folder org/none)")]
    [InlineData("org/mini@v9", "has no revision v9 of it (nor is there a folder org/mini@v9)")]
    public async Task Encode_ModelThatTheHubLacks_IsOneLine(string model, string expected)
    {
        var run = await RunAsync("encode", "--model", model, "--text", "a");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ModelOfTheHub_SettlesItsCommitForAllWorkersAndLaterCommands()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        var text = await File.ReadAllTextAsync(run.JobFile, Cancellation);
        var model = text[text.IndexOf("model:", StringComparison.Ordinal)..text.IndexOf("data:", StringComparison.Ordinal)];
        await File.WriteAllTextAsync(run.JobFile, text.Replace(model, $"model:\n  hub: {Id}\n  max_tokens: 32\n", StringComparison.Ordinal), Cancellation);

        var trained = await RunAsync("train", run.JobFile, "--workers", "2", "--max-steps", "3");

        Assert.True(trained.ExitCode == 0, $"{trained}");
        Assert.Contains("Model {Model} is commit {Commit}, in {Folder}", trained.Output, StringComparison.Ordinal);
        Assert.Equal(2, trained.Output.Split('\n').Count(line => line.Contains("Model {Model} at commit {Commit}, in {Folder}", StringComparison.Ordinal) && line.Contains(Served(1).Commit, StringComparison.Ordinal)));
        Assert.Contains($"hub: 'org/mini@{Served(1).Commit}'", await File.ReadAllTextAsync(Path.Combine(run.Output, "job.yaml"), Cancellation), StringComparison.Ordinal);
        Assert.Contains("base_model: \"org/mini\"", await File.ReadAllTextAsync(Path.Combine(run.Output, "model", "README.md"), Cancellation), StringComparison.Ordinal);

        _server.Publish(Id, Served(2)); // the branch moves on
        var again = await RunAsync("train", run.JobFile, "--workers", "2", "--max-steps", "3");
        Assert.StartsWith("This job is complete", again.Output, StringComparison.Ordinal);
    }

    private static ServedModel Served(int number) => ServedModel.Of(number, Directory.EnumerateFiles(Model, "*", SearchOption.AllDirectories).ToDictionary(
        file => Path.GetRelativePath(Model, file), File.ReadAllBytes));

    /// <summary>Whether standard error holds nothing but what was written.</summary>
    private static bool OnlyWrote(string error) => error.StartsWith("wrote ", StringComparison.Ordinal) && error.TrimEnd().Split('\n').Length == 1;

    private Task<ProgramResult> RunAsync(params string[] arguments)
    {
        var start = Programs.Start("Cli", "distributed.dll", arguments);
        foreach (var name in (string[])["HF_TOKEN", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_OFFLINE"])
            start.Environment.Remove(name);
        start.Environment["HF_HOME"] = _folder.PathOf("hf");
        start.Environment["HF_ENDPOINT"] = _server.Endpoint;
        return Programs.RunAsync(start, Cancellation);
    }
}
