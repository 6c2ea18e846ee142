using Distributed.Hub.Tests.Serving;

namespace Distributed.Hub.Tests;

public sealed class ModelHubTests : HubFixture
{
    [Fact]
    public async Task Resolve_EmptyCache_LaysItOutAsPythonDoes()
    {
        var model = ServedModel.Create();
        Server.Publish(Repository, model);

        var found = await ResolveAsync();

        Assert.Equal(new HubModel(Path.Combine(Root, "snapshots", model.Commit), model.Commit), found);
        AssertHolds(model, found.Folder, Fetched);
        Assert.Equal(model.Commit, await File.ReadAllTextAsync(Path.Combine(Root, "refs", "main"), Cancellation));
        Assert.Equal($"../../blobs/{ServedModel.Etag(model.Files["config.json"])}", new FileInfo(Path.Combine(found.Folder, "config.json")).LinkTarget);
        Assert.Equal($"../../../blobs/{ServedModel.Etag(model.Files["1_Pooling/config.json"])}", new FileInfo(Path.Combine(found.Folder, "1_Pooling", "config.json")).LinkTarget);
        Assert.Equal(Fetched.Select(name => ServedModel.Etag(model.Files[name])).Distinct().Order(), Blobs.Order());
        Assert.StartsWith("Signature: 8a477f597d28d172789f06886806bc55", await File.ReadAllTextAsync(Path.Combine(CacheFolder, "CACHEDIR.TAG"), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_SecondTime_AsksForTheListAlone()
    {
        Server.Publish(Repository, ServedModel.Create());
        var first = await ResolveAsync();
        Server.ForgetRequests();

        var second = await ResolveAsync();

        Assert.Equal(first, second);
        Assert.Equal("/api/models/org/a-model/revision/main", Assert.Single(Server.Requests).Path);
    }

    [Fact]
    public async Task Resolve_CommitInTheCache_AsksNothing()
    {
        var model = ServedModel.Create();
        Server.Publish(Repository, model);
        await ResolveAsync();
        Server.ForgetRequests();

        var found = await ResolveAsync(Id($"{Repository}@{model.Commit}"));

        Assert.Equal(model.Commit, found.Commit);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task Resolve_RevisionWithSlashes_IsAskedForAndNoted()
    {
        var model = ServedModel.Create();
        Server.Publish(Repository, model, "refs/pr/7");

        var found = await ResolveAsync(Id($"{Repository}@refs/pr/7"));

        Assert.Equal(model.Commit, found.Commit);
        Assert.Equal(model.Commit, await File.ReadAllTextAsync(Path.Combine(Root, "refs", "refs", "pr", "7"), Cancellation));
    }

    [Fact]
    public async Task Resolve_BranchMoved_FetchesWhatChangedAndKeepsTheOld()
    {
        var old = ServedModel.Create();
        Server.Publish(Repository, old);
        var before = await ResolveAsync();
        var changed = old.With(2, ("config.json", ServedModel.Utf8("""{"model_type":"bert","new":1}""")));
        Server.Publish(Repository, changed);
        Server.ForgetRequests();

        var after = await ResolveAsync();

        Assert.Equal(changed.Commit, after.Commit);
        AssertHolds(changed, after.Folder, Fetched);
        AssertHolds(old, before.Folder, Fetched);
        Assert.Equal(["config.json"], Server.Requests.Where(request => request.Method == "GET" && request.Path.Contains("resolve", StringComparison.Ordinal)).Select(request => Path.GetFileName(request.Path)));
        Assert.Equal(changed.Commit, await File.ReadAllTextAsync(Path.Combine(Root, "refs", "main"), Cancellation));
    }

    [Fact]
    public async Task Resolve_Renamed_FollowsWithinTheHub()
    {
        var model = ServedModel.Create();
        Server.Publish("org/new-name", model);
        Server.Intercept = (context, request, _) =>
        {
            if (request.IsCdn || !request.Path.Contains(Repository, StringComparison.Ordinal))
                return Task.FromResult(false);
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = request.Path.Replace(Repository, "org/new-name", StringComparison.Ordinal);
            return Task.FromResult(true);
        };

        AssertHolds(model, (await ResolveAsync()).Folder, Fetched);
    }

    [Fact]
    public async Task Resolve_PlainEncoder_NotesThatItHasNoModules()
    {
        var model = ServedModel.Create().With(3, ("modules.json", null), ("1_Pooling/config.json", null));
        Server.Publish(Repository, model);

        var found = await ResolveAsync();

        AssertHolds(model, found.Folder, "config.json", "model.safetensors", "tokenizer.json", "vocab.txt");
        Assert.True(File.Exists(Path.Combine(Root, ".no_exist", model.Commit, "modules.json")));
        Assert.Null((await ResolveAsync(options: Options with { IsOffline = true })).Warning);
    }

    [Fact]
    public async Task Resolve_ShardedWeights_FetchesWhatTheIndexNames()
    {
        var model = ServedModel.Create().With(
            4,
            ("model.safetensors", null),
            ("model.safetensors.index.json", ServedModel.Utf8("""{"metadata":{},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors","c":"model-00001-of-00002.safetensors"}}""")),
            ("model-00001-of-00002.safetensors", new byte[20_000]),
            ("model-00002-of-00002.safetensors", [7]),
            ("other.safetensors", [8]));
        Server.Publish(Repository, model);

        var found = await ResolveAsync();

        AssertHolds(model, found.Folder, [.. Fetched.Except(["model.safetensors"]), "model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]);
        Assert.Equal(found, await ResolveAsync(options: Options with { IsOffline = true }));
    }

    [Fact]
    public async Task Resolve_NoSafetensors_SaysWhatIsThereInstead()
    {
        Server.Publish(Repository, ServedModel.Create().With(5, ("model.safetensors", null)));

        var failure = await FailAsync();

        Assert.Equal(HubError.NoSafetensors, failure.Error);
        Assert.Equal("org/a-model: it has no model.safetensors, only pytorch_model.bin: weights are read from safetensors files alone", failure.Message);
        Assert.False(Directory.Exists(Path.Combine(Root, "snapshots")));
    }

    [Fact]
    public async Task Resolve_WithoutLinks_CopiesTheContents()
    {
        var model = ServedModel.Create();
        Server.Publish(Repository, model);

        var found = await ResolveAsync(options: Options with { HasLinks = false });

        AssertHolds(model, found.Folder, Fetched);
        Assert.All(Fetched, name => Assert.Null(new FileInfo(Path.Combine(found.Folder, name)).LinkTarget));
    }

    [Fact]
    public async Task Resolve_ManyAtOnce_FetchEachContentOnce()
    {
        var model = ServedModel.Create();
        Server.Publish(Repository, model);

        var found = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => ResolveAsync(), Cancellation)));

        Assert.Single(found.Distinct());
        AssertHolds(model, found[0].Folder, Fetched);
        Assert.Single(Server.Requests, request => request is { IsCdn: true });
        Assert.Single(Server.Requests, request => request.IsGetOf("config.json") && !request.Path.Contains("Pooling", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Resolve_Download_TellsHowFarItIs()
    {
        Server.Publish(Repository, ServedModel.Create());
        var reports = new List<HubProgress>();

        await ResolveAsync(progress: new Recorder(reports));

        Assert.Equal(reports.Select(report => report.Bytes).Order(), reports.Select(report => report.Bytes));
        Assert.Equal(reports[^1].TotalBytes, reports[^1].Bytes);
        Assert.Contains(reports, report => report.File == "model.safetensors" && report.Bytes < report.TotalBytes);
    }

    private sealed class Recorder(List<HubProgress> reports) : IProgress<HubProgress>
    {
        public void Report(HubProgress value) => reports.Add(value);
    }
}
