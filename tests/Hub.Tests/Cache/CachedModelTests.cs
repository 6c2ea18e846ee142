using Distributed.Hub.Tests.Serving;

namespace Distributed.Hub.Tests.Cache;

/// <summary>Without a hub, or with one that does not answer: what the cache holds counts, whoever put it there.</summary>
public sealed class CachedModelTests : HubFixture
{
    private static readonly ServedModel Model = ServedModel.Create(weightBytes: 20_000);

    private HubOptions Offline => Options with { IsOffline = true };

    [Fact]
    public async Task Resolve_OfflineAndNotCached_SaysSoAndAsksNothing()
    {
        Server.Publish(Repository, Model);

        var failure = await FailAsync(options: Offline);

        Assert.Equal((HubError.Offline, $"org/a-model: the network is switched off (HF_HUB_OFFLINE), and {CacheFolder} does not hold it whole"), (failure.Error, failure.Message));
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task Resolve_OfflineAndLeftByPython_IsFound()
    {
        LeaveAsPythonDoes("main", [.. Fetched, "README.md"]);

        var found = await ResolveAsync(options: Offline);

        Assert.Equal(new HubModel(Path.Combine(Root, "snapshots", Model.Commit), Model.Commit), found);
        Assert.Equal(found, await ResolveAsync(Id($"{Repository}@{Model.Commit}"), Offline));
        Assert.Empty(Server.Requests);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    [InlineData("1_Pooling/config.json")]
    public async Task Resolve_PythonLeftAPart_FetchesTheRestAlone(string missing)
    {
        LeaveAsPythonDoes("main", [.. Fetched.Except([missing])]);
        Server.Publish(Repository, Model);
        Assert.Equal(HubError.Offline, (await FailAsync(options: Offline)).Error);

        AssertHolds(Model, (await ResolveAsync()).Folder, Fetched);

        Assert.Equal([missing], Server.Requests.Where(request => request.Method == "HEAD").Select(request => request.Path[(request.Path.IndexOf(Model.Commit, StringComparison.Ordinal) + 41)..]));
    }

    [Theory]
    [InlineData("tokenizer.json", true)]
    [InlineData("vocab.txt", true)]
    [InlineData("sentencepiece.bpe.model", true)]
    [InlineData("vocab.json merges.txt", true)]
    [InlineData("vocab.json", false)]
    [InlineData("merges.txt", false)]
    [InlineData("spiece.model", false)]
    [InlineData("tokenizer.model", false)]
    [InlineData("unigram.json", false)]
    [InlineData("tokenizer_config.json", false)]
    public async Task Resolve_OfflineWithoutATokenizerThatCanBeRead_IsNotWhole(string files, bool isWhole)
    {
        LeaveAsPythonDoes("main", [.. Fetched.Except(["tokenizer.json", "vocab.txt"])]);
        foreach (var file in files.Split(' '))
            File.WriteAllText(Path.Combine(Root, "snapshots", Model.Commit, file), "");

        if (isWhole)
            Assert.Null((await ResolveAsync(options: Offline)).Warning);
        else
            Assert.Equal(HubError.Offline, (await FailAsync(options: Offline)).Error);
    }

    [Fact]
    public async Task Resolve_LinkToADeletedContent_FetchesItAgain()
    {
        LeaveAsPythonDoes("main", Fetched);
        File.Delete(Path.Combine(Root, "blobs", ServedModel.Etag(Model.Files["model.safetensors"])));
        Server.Publish(Repository, Model);

        AssertHolds(Model, (await ResolveAsync()).Folder, Fetched);
    }

    // Files that decide which others a model has: nobody writes one of this size.
    [Theory]
    [InlineData("modules.json")]
    [InlineData("model.safetensors.index.json")]
    public async Task Resolve_OfflineAndAHugeList_IsNotReadAndNotWhole(string file)
    {
        LeaveAsPythonDoes("main", [.. Fetched.Except([file, "model.safetensors"])]);
        if (file == "modules.json")
            File.WriteAllText(Path.Combine(Root, "snapshots", Model.Commit, "model.safetensors"), "");
        using (var list = File.Create(Path.Combine(Root, "snapshots", Model.Commit, file)))
            list.SetLength(3L << 30);

        Assert.Equal(HubError.Offline, (await FailAsync(options: Offline)).Error);
    }

    [Fact]
    public async Task Resolve_CachedListIsHugeAndTheHubAnswers_IsRefused()
    {
        LeaveAsPythonDoes("main", Fetched);
        var list = Path.Combine(Root, "snapshots", Model.Commit, "modules.json");
        File.Delete(list);
        using (var file = File.Create(list))
            file.SetLength(3L << 30);
        Server.Publish(Repository, Model);

        var failure = await FailAsync(Id($"{Repository}@{Model.Commit}"));

        Assert.Equal((HubError.BadAnswer, $"{Repository}@{Model.Commit}: its modules.json is not what it should be"), (failure.Error, failure.Message));
    }

    [Fact]
    public async Task Resolve_PythonLeftTheEncoderAlone_WarnsOfMeanPooling()
    {
        LeaveAsPythonDoes("main", ["config.json", "model.safetensors", "tokenizer.json"]);

        var found = await ResolveAsync(options: Offline);

        Assert.Equal("org/a-model: the cache has no modules.json of it, as if it had been fetched for another purpose: it is taken for an encoder with mean pooling", found.Warning);
    }

    [Fact]
    public async Task Resolve_PythonLeftTheEncoderAloneAndTheHubAnswers_FetchesTheModules()
    {
        LeaveAsPythonDoes("main", ["config.json", "model.safetensors", "tokenizer.json"]);
        Server.Publish(Repository, Model);

        AssertHolds(Model, (await ResolveAsync(Id($"{Repository}@{Model.Commit}"))).Folder, Fetched);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Resolve_HubRefusesAndCached_WarnsAndDoesNotWait(int status)
    {
        LeaveAsPythonDoes("main", Fetched);
        Server.Intercept = (context, _, _) =>
        {
            context.Response.StatusCode = status;
            return Task.FromResult(true);
        };

        var found = await ResolveAsync();

        Assert.Equal(Model.Commit, found.Commit);
        Assert.EndsWith($"; commit {Model.Commit} is taken from the cache", found.Warning, StringComparison.Ordinal);
        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData("blobs/ETAG.incomplete/in the way", "the cache cannot be written: ")]
    [InlineData("snapshots/COMMIT", "the cache CACHE cannot be used: ")]
    public async Task Resolve_NewCommitCannotBeStoredAndCached_Warns(string obstacle, string reason)
    {
        LeaveAsPythonDoes("main", Fetched);
        var changed = Model.With(2, ("config.json", ServedModel.Utf8("""{"model_type":"bert","new":1}""")));
        Server.Publish(Repository, changed);
        var path = Path.Combine(Root, obstacle.Replace("ETAG", ServedModel.Etag(changed.Files["config.json"]), StringComparison.Ordinal).Replace("COMMIT", changed.Commit, StringComparison.Ordinal));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");

        var found = await ResolveAsync();

        Assert.StartsWith(reason.Replace("CACHE", CacheFolder, StringComparison.Ordinal), found.Warning, StringComparison.Ordinal);
        Assert.EndsWith($"; commit {Model.Commit} is taken from the cache", found.Warning, StringComparison.Ordinal);
        AssertHolds(Model, found.Folder, Fetched);
        Assert.Equal(Model.Commit, File.ReadAllText(Path.Combine(Root, "refs", "main")));
    }

    [Fact]
    public async Task Resolve_NobodyListensAndCached_Warns()
    {
        LeaveAsPythonDoes("main", Fetched);
        await Server.DisposeAsync();

        Assert.Contains("cannot be reached", (await ResolveAsync()).Warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_RevisionIsGoneThoughCached_IsAMistake()
    {
        LeaveAsPythonDoes("old", Fetched);
        Server.Publish(Repository, Model);

        Assert.Equal(HubError.NoSuchRevision, (await FailAsync(Id($"{Repository}@old"))).Error);
    }

    [Fact]
    public async Task Resolve_RefThatIsNoCommit_IsNotFollowed()
    {
        LeaveAsPythonDoes("main", Fetched);
        await File.WriteAllTextAsync(Path.Combine(Root, "refs", "main"), "../../..", Cancellation);

        Assert.Equal(HubError.Offline, (await FailAsync(options: Offline)).Error);
    }

    [Fact]
    public async Task Resolve_CacheThatMayOnlyBeRead_IsEnoughWhereItIsWhole()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may write everywhere");
        LeaveAsPythonDoes("other", Fetched);
        Server.Publish(Repository, Model);
        File.SetUnixFileMode(Path.Combine(Root, "refs"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Equal(Model.Commit, (await ResolveAsync()).Commit);
    }

    private void LeaveAsPythonDoes(string branch, string[] names)
    {
        Directory.CreateDirectory(Path.Combine(Root, "blobs"));
        Directory.CreateDirectory(Path.Combine(Root, "refs"));
        File.WriteAllText(Path.Combine(Root, "refs", branch), Model.Commit);
        foreach (var name in names)
        {
            var etag = ServedModel.Etag(Model.Files[name]);
            File.WriteAllBytes(Path.Combine(Root, "blobs", etag), Model.Files[name]);
            var path = Path.Combine(Root, "snapshots", Model.Commit, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.CreateSymbolicLink(path, $"{string.Concat(Enumerable.Repeat("../", 2 + name.Count(c => c == '/')))}blobs/{etag}");
        }
    }
}
