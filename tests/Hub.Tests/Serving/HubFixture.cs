using Distributed.Jobs;

namespace Distributed.Hub.Tests.Serving;

/// <summary>A hub and an empty cache, for one test.</summary>
public abstract class HubFixture : IAsyncLifetime
{
    /// <summary>The model that the tests ask for.</summary>
    protected const string Repository = "org/a-model";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distributed-hub-test-");

    private protected HubServer Server { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected string CacheFolder => Path.Combine(_folder.FullName, "hub");

    /// <summary>The model's folder in the cache.</summary>
    protected string Root => Path.Combine(CacheFolder, "models--org--a-model");

    protected HubOptions Options => new() { CacheFolder = CacheFolder, Endpoint = Server.Endpoint, FirstPause = TimeSpan.FromMilliseconds(1) };

    public async ValueTask InitializeAsync() => Server = await HubServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static HubId Id(string text = Repository) => HubId.Parse(text);

    protected Task<HubModel> ResolveAsync(HubId? id = null, HubOptions? options = null, IProgress<HubProgress>? progress = null) =>
        new ModelHub(options ?? Options, TimeProvider.System).ResolveAsync(id ?? Id(), progress, Cancellation);

    protected async Task<HubException> FailAsync(HubId? id = null, HubOptions? options = null)
    {
        var exception = await Assert.ThrowsAsync<HubException>(() => ResolveAsync(id, options));
        Assert.DoesNotContain("\n", exception.Message, StringComparison.Ordinal);
        return exception;
    }

    /// <summary>Asserts that a folder holds what is fetched of a model, and nothing else.</summary>
    private protected static void AssertHolds(ServedModel model, string folder, params string[] names)
    {
        Assert.Equal(names.Order(StringComparer.Ordinal), Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal));
        foreach (var name in names)
            Assert.Equal(model.Files[name], File.ReadAllBytes(Path.Combine(folder, name)));
    }

    /// <summary>The files that are fetched of <see cref="ServedModel.Create"/>.</summary>
    protected static string[] Fetched => ["1_Pooling/config.json", "config.json", "model.safetensors", "modules.json", "tokenizer.json", "vocab.txt"];

    /// <summary>Names in the folder of contents.</summary>
    protected string[] Blobs => Directory.Exists(Path.Combine(Root, "blobs")) ? [.. Directory.EnumerateFiles(Path.Combine(Root, "blobs")).Select(file => Path.GetFileName(file))] : [];
}
