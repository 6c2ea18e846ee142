using System.Globalization;
using Distributed.Hub.Tests.Serving;

namespace Distributed.Hub.Tests;

/// <summary>What a hub and its network do wrong.</summary>
public sealed class FailureTests : HubFixture
{
    private const string Weights = "model.safetensors";

    private static readonly ServedModel Model = ServedModel.Create();

    private static string WeightsEtag => ServedModel.Etag(Model.Files[Weights]);

    private string IncompleteWeights => Path.Combine(Root, "blobs", $"{WeightsEtag}.incomplete");

    [Theory]
    [InlineData(401, HubError.AccessDenied, "org/a-model: 127.0.0.1:PORT refuses access (401): the model is gated or private, or there is none of that name: give a token in HF_TOKEN")]
    [InlineData(403, HubError.AccessDenied, "org/a-model: 127.0.0.1:PORT refuses access (403): the model is gated or private, or there is none of that name: give a token in HF_TOKEN")]
    [InlineData(404, HubError.NoSuchModel, "org/a-model: 127.0.0.1:PORT has no such model or revision")]
    [InlineData(418, HubError.BadAnswer, "org/a-model: 127.0.0.1:PORT answers with 418, which was not expected")]
    [InlineData(429, HubError.Unavailable, "127.0.0.1:PORT asks to send fewer requests (429)")]
    [InlineData(503, HubError.Unavailable, "127.0.0.1:PORT is not in working order (503)")]
    public async Task Resolve_Refused_SaysWhyInOneLine(int status, HubError error, string message)
    {
        Server.Intercept = (context, _, _) => Answer(context, status);

        var failure = await FailAsync();

        Assert.Equal((error, message.Replace("127.0.0.1:PORT", new Uri(Server.Endpoint).Authority, StringComparison.Ordinal)), (failure.Error, failure.Message));
        Assert.Equal(status is 429 or 503 ? 1 + Options.Retries : 1, Server.Requests.Length);
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public async Task Resolve_UnknownRevision_NamesIt()
    {
        Server.Publish(Repository, Model);

        var failure = await FailAsync(Id($"{Repository}@v9"));

        Assert.Equal(HubError.NoSuchRevision, failure.Error);
        Assert.EndsWith("has no revision v9 of it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_GatedFiles_SaysSo()
    {
        Server.Publish(Repository, Model);
        Server.Intercept = async (context, request, _) => request.Path.Contains("/resolve/", StringComparison.Ordinal) && await Answer(context, 403);

        Assert.Equal(HubError.AccessDenied, (await FailAsync(options: Options with { Token = new HubToken("hf_secret") })).Error);
        Assert.Empty(Blobs);
    }

    [Fact]
    public async Task Resolve_Token_GoesToTheHubAlone()
    {
        Server.Publish(Repository, Model);

        await ResolveAsync(options: Options with { Token = new HubToken("hf_secret") });

        Assert.All(Server.Requests, request => Assert.Equal(request.IsCdn ? "" : "Bearer hf_secret", request.Authorization));
        Assert.Contains(Server.Requests, request => request.IsCdn);
    }

    [Fact]
    public async Task Resolve_TokenFile_IsUsed()
    {
        Server.Publish(Repository, Model);
        Directory.CreateDirectory(CacheFolder);
        await File.WriteAllTextAsync(Path.Combine(CacheFolder, "token"), "hf_from_file\n", Cancellation);

        await ResolveAsync(options: Options with { TokenFile = Path.Combine(CacheFolder, "token") });

        Assert.Equal("Bearer hf_from_file", Server.Requests[0].Authorization);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Resolve_PassingRefusals_AreRepeated(int status)
    {
        Server.Publish(Repository, Model);
        var seen = new HashSet<HubRequest>();
        Server.Intercept = async (context, request, _) => seen.Add(request) && await Answer(context, status, "0");

        AssertHolds(Model, (await ResolveAsync()).Folder, Fetched);
    }

    [Fact]
    public async Task Resolve_ToldToWaitLong_SaysHowLong()
    {
        Server.Intercept = (context, _, _) => Answer(context, 429, "3600");

        Assert.EndsWith("asks to send fewer requests (429); try again in 3600 s", (await FailAsync()).Message, StringComparison.Ordinal);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Resolve_ConnectionBreaks_GoesOnWhereItBroke()
    {
        Server.Publish(Repository, Model);
        var breaks = 0;
        Server.Intercept = async (context, request, _) => request.IsCdn && breaks++ < 2 && await BreakAsync(context, 700_000);

        AssertHolds(Model, (await ResolveAsync()).Folder, Fetched);

        var ranges = Server.Requests.Where(request => request.IsCdn).Select(request => request.Range).ToArray();
        Assert.Equal("", ranges[0]);
        Assert.All(ranges[1..], range => Assert.Matches("^bytes=[1-9][0-9]+-$", range));
    }

    [Fact]
    public async Task Resolve_EndsEarlyButBringsMuch_GoesOnPastTheNumberOfRetries()
    {
        var model = ServedModel.Create(weightBytes: 9_000_000);
        Server.Publish(Repository, model);
        Server.Intercept = async (context, request, _) =>
        {
            var from = request.Range.Length == 0 ? 0 : int.Parse(request.Range["bytes=".Length..^1], CultureInfo.InvariantCulture);
            if (!request.IsCdn)
                return false;
            context.Response.StatusCode = from == 0 ? 200 : 206;
            context.Response.Headers.ContentRange = from == 0 ? "" : $"bytes {from}-8999999/9000000";
            await context.Response.Body.WriteAsync(model.Files[Weights].AsMemory(from, Math.Min(1_500_000, 9_000_000 - from)));
            return true;
        };

        AssertHolds(model, (await ResolveAsync(options: Options with { Retries = 1 })).Folder, Fetched);
        Assert.Equal(6, Server.Requests.Count(request => request.IsCdn));
    }

    [Fact]
    public async Task Resolve_NobodyListens_IsOneLine()
    {
        await Server.DisposeAsync();

        var failure = await FailAsync(options: Options with { Retries = 1 });

        Assert.Equal(HubError.Unavailable, failure.Error);
        Assert.Contains("cannot be reached: Connection refused", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_BreaksForGood_LeavesNoModelAndNextTimeGoesOn()
    {
        Server.Publish(Repository, Model);
        Server.Intercept = async (context, request, _) => request.IsCdn && request.Range.Length == 0 && await BreakAsync(context, 700_000);

        Assert.Equal(HubError.Unavailable, (await FailAsync(options: Options with { Retries = 0 })).Error);

        Assert.False(Directory.Exists(Path.Combine(Root, "snapshots")));
        Assert.False(Directory.Exists(Path.Combine(Root, "refs")));
        Assert.True(new FileInfo(IncompleteWeights).Length > 0);
        AssertHolds(Model, (await ResolveAsync()).Folder, Fetched);
        Assert.StartsWith("bytes=", Server.Requests.Last(request => request.IsCdn).Range, StringComparison.Ordinal);
        Assert.False(File.Exists(IncompleteWeights));
    }

    [Fact]
    public async Task Resolve_ServerWithoutRanges_StartsAgain()
    {
        Server.Publish(Repository, Model);
        Server.HasRanges = false;
        Leave(Model.Files[Weights][..1_000_000]);

        AssertHolds(Model, (await ResolveAsync()).Folder, Fetched);
    }

    [Fact]
    public async Task Resolve_WhatWasLeftIsDamaged_StartsAgain()
    {
        Server.Publish(Repository, Model);
        Leave(new byte[1_000_000]);

        AssertHolds(Model, (await ResolveAsync()).Folder, Fetched);
        Assert.Equal(["bytes=1000000-", ""], Server.Requests.Where(request => request.IsCdn).Select(request => request.Range));
    }

    [Theory]
    [InlineData(3_000_000)] // whole, not yet renamed
    [InlineData(3_000_001)]
    public async Task Resolve_WhatWasLeftHasTheLength_IsChecked(int length)
    {
        Server.Publish(Repository, Model);
        Leave([.. Model.Files[Weights], .. new byte[length - 3_000_000]]);

        AssertHolds(Model, (await ResolveAsync()).Folder, Fetched);
        Assert.Equal(length - 3_000_000, Server.Requests.Count(request => request.IsCdn));
    }

    [Fact]
    public async Task Resolve_OtherRangeThanAskedFor_StartsAgain()
    {
        Server.Publish(Repository, Model);
        Leave(Model.Files[Weights][..1_000_000]);
        Server.Intercept = async (context, request, _) =>
        {
            if (request.Range.Length == 0)
                return false;
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = "bytes 5-6/3000000";
            await context.Response.Body.WriteAsync(new byte[2]);
            return true;
        };

        AssertHolds(Model, (await ResolveAsync()).Folder, Fetched);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData(Weights)]
    public async Task Resolve_WrongChecksum_IsNamedAndNothingIsLeft(string file)
    {
        Server.Publish(Repository, Model);
        Server.Etag = content => content == Model.Files[file] ? new string('0', ServedModel.Etag(content).Length) : ServedModel.Etag(content);

        var failure = await FailAsync();

        Assert.Equal((HubError.WrongContent, $"org/a-model@{Model.Commit}: {file} arrived with another checksum than the hub states"), (failure.Error, failure.Message));
        Assert.DoesNotContain(Blobs, name => name.Contains("0000", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(Root, "snapshots")));
    }

    [Fact]
    public async Task Resolve_LongerThanStated_IsRefusedAtOnce()
    {
        Server.Publish(Repository, Model);
        Server.Intercept = async (context, request, _) =>
        {
            if (request.IsCdn)
                await context.Response.Body.WriteAsync(new byte[4_000_000]);
            return request.IsCdn;
        };

        Assert.Equal(HubError.WrongContent, (await FailAsync()).Error);
        Assert.Equal(0, new FileInfo(IncompleteWeights).Length);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 50)]
    [InlineData(-1)]
    public async Task Resolve_SizesThatCannotBe_AreRefused(long size)
    {
        Server.Publish(Repository, Model);
        Server.Intercept = (context, request, count) =>
        {
            var isLie = request.Method == "HEAD" && Path.GetFileName(request.Path) is "vocab.txt" or "tokenizer.json";
            if (isLie)
                (context.Response.Headers.ETag, context.Response.Headers["X-Linked-Size"]) = ($"\"{count:x40}\"", $"{size}");
            return Task.FromResult(isLie);
        };

        var failure = await FailAsync();

        Assert.Equal(HubError.BadAnswer, failure.Error);
        Assert.EndsWith(" states no size and checksum of tokenizer.json that can be right", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_NothingArrives_EndsAfterTheLimit()
    {
        Server.Publish(Repository, Model);
        Server.Intercept = async (context, request, _) =>
        {
            if (!request.IsCdn)
                return false;
            await context.Response.Body.WriteAsync(new byte[1000]);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };

        var failure = await FailAsync(options: Options with { Retries = 0, StallTimeout = TimeSpan.FromMilliseconds(200) });

        Assert.EndsWith("sent nothing for 0.2 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_NoAnswer_EndsAfterTheLimit()
    {
        Server.Intercept = async (context, _, _) =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };

        var failure = await FailAsync(options: Options with { Retries = 0, AnswerTimeout = TimeSpan.FromMilliseconds(200) });

        Assert.EndsWith("did not answer within 0.2 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_RedirectsInACircle_IsRefused()
    {
        Server.Intercept = async (context, request, _) =>
        {
            context.Response.Headers.Location = request.Path;
            return await Answer(context, 302);
        };

        Assert.Equal(HubError.BadAnswer, (await FailAsync()).Error);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/x")]
    public async Task Resolve_RedirectToAnotherProtocol_IsRefused(string location)
    {
        Server.Intercept = async (context, _, _) =>
        {
            context.Response.Headers.Location = location;
            return await Answer(context, 302);
        };

        Assert.Equal(HubError.BadAnswer, (await FailAsync()).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"sha":"main","siblings":[]}""")]
    [InlineData("""{"sha":"../../../../../../../../../../../../../../","siblings":[]}""")]
    [InlineData("""{"sha":1,"siblings":[]}""")]
    [InlineData("""{"sha":"0000000000000000000000000000000000000000","siblings":[{"rfilename":5}]}""")]
    public async Task Resolve_ListThatIsNone_IsRefused(string answer)
    {
        Server.Intercept = async (context, _, _) =>
        {
            await context.Response.Body.WriteAsync(ServedModel.Utf8(answer));
            return true;
        };

        Assert.Equal(HubError.BadAnswer, (await FailAsync()).Error);
        Assert.False(Directory.Exists(Root));
    }

    [Theory]
    [InlineData("../escaped.json")]
    [InlineData("/etc/escaped.json")]
    [InlineData("a\\..\\escaped.json")]
    [InlineData("1_Pooling/../../../escaped.json")]
    public async Task Resolve_NameThatLeadsOut_IsNotFetched(string name)
    {
        Server.Publish(Repository, Model.With(6, (name, ServedModel.Utf8("{}"))));

        AssertHolds(Model, (await ResolveAsync()).Folder, Fetched);
        Assert.DoesNotContain(Server.Requests, request => request.Path.Contains("escaped", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("modules.json", """[{"path":"../..","type":"Transformer"},{"path":"","type":"Pooling"}]""")]
    [InlineData("modules.json", """{"path":""}""")]
    [InlineData("modules.json", "no JSON")]
    public async Task Resolve_ModulesThatLeadOut_AreRefused(string name, string content)
    {
        Server.Publish(Repository, Model.With(7, (name, ServedModel.Utf8(content))));

        Assert.Equal($"org/a-model@{7:x40}: its modules.json is not what it should be", (await FailAsync()).Message);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../../x.safetensors"}}""")]
    [InlineData("""{"weight_map":{"a":"pytorch_model.bin"}}""")]
    [InlineData("""{"weight_map":{"a":"missing.safetensors"}}""")]
    [InlineData("""{"weight_map":{"a":"folder/x.safetensors"}}""")] // which is there, but is not what a reader of models takes
    [InlineData("""{"weight_map":{}}""")]
    public async Task Resolve_IndexThatNamesOtherFiles_IsRefused(string content)
    {
        Server.Publish(Repository, Model.With(8, (Weights, null), ("folder/x.safetensors", [1]), ($"{Weights}.index.json", ServedModel.Utf8(content))));

        Assert.Equal(HubError.BadAnswer, (await FailAsync()).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../../../x")]
    [InlineData("a b")]
    public async Task Resolve_EtagThatIsNoName_IsRefused(string etag)
    {
        Server.Publish(Repository, Model);
        Server.Etag = _ => etag;

        Assert.Equal(HubError.BadAnswer, (await FailAsync()).Error);
    }

    [Fact]
    public async Task Resolve_FolderOfTheModelIsALink_IsNotFollowed()
    {
        Server.Publish(Repository, Model);
        var outside = Directory.CreateDirectory(Path.Combine(CacheFolder, "outside")).FullName;
        Directory.CreateDirectory(Path.Combine(Root, "snapshots", Model.Commit));
        Directory.CreateSymbolicLink(Path.Combine(Root, "snapshots", Model.Commit, "1_Pooling"), outside);

        Assert.Equal(HubError.Storage, (await FailAsync()).Error);
        Assert.Empty(Directory.GetFiles(outside));
    }

    [Fact]
    public async Task Resolve_DiskFull_IsOneLineAndLeavesNoModel()
    {
        Server.Publish(Repository, Model);
        Directory.CreateDirectory(Path.Combine(Root, "blobs"));
        File.CreateSymbolicLink(IncompleteWeights, "/dev/full");

        var failure = await FailAsync();

        Assert.Equal(HubError.Storage, failure.Error);
        Assert.Contains("No space left on device", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Root, "snapshots")));
    }

    private void Leave(byte[] content)
    {
        Directory.CreateDirectory(Path.Combine(Root, "blobs"));
        File.WriteAllBytes(IncompleteWeights, content);
    }

    private static Task<bool> Answer(Microsoft.AspNetCore.Http.HttpContext context, int status, string? retryAfter = null)
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
            context.Response.Headers.RetryAfter = retryAfter;
        return Task.FromResult(true);
    }

    /// <summary>Sends so many bytes of what is asked for, then nothing more.</summary>
    private async Task<bool> BreakAsync(Microsoft.AspNetCore.Http.HttpContext context, int bytes)
    {
        var body = context.Response.Body;
        using var limited = new BreakingStream(body, bytes, context.Abort);
        context.Response.Body = limited;
        await Server.CdnContentAsync(context);
        return true;
    }
}
