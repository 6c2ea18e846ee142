using Distributed.Testing;
using Distributed.Worker.Verbs.Encode;
using Distributed.Worker.Verbs.Mining;

namespace Distributed.Worker.Tests.Verbs.Files;

/// <summary>`encode` and `mine` replace no file that they read, whatever name it is given.</summary>
public sealed class OverwrittenInputTests : IDisposable
{
    private const string Pair = "{\"anchor\": \"a small cat\", \"positive\": \"a cat\", \"text\": \"a dog\"}\n{\"anchor\": \"a tree\", \"positive\": \"trees\", \"text\": \"a house\"}\n";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public OverwrittenInputTests()
    {
        _model = _folder.Copy(ReferenceData.PathOf("encoder", "mini-mean"), "model");
        File.WriteAllText(_folder.PathOf("rows.jsonl"), Pair);
        File.CreateSymbolicLink(_folder.PathOf("file-link.jsonl"), _folder.PathOf("rows.jsonl"));
        Directory.CreateSymbolicLink(_folder.PathOf("folder-link"), _folder.Path);
        Directory.CreateSymbolicLink(_folder.PathOf("model-link"), _model);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rows.jsonl", "rows.jsonl")]
    [InlineData("rows.jsonl", "file-link.jsonl")]
    [InlineData("file-link.jsonl", "rows.jsonl")]
    [InlineData("file-link.jsonl", "file-link.jsonl")]
    [InlineData("rows.jsonl", "folder-link/rows.jsonl")]
    [InlineData("folder-link/folder-link/file-link.jsonl", "rows.jsonl")]
    public async Task Encode_OutputIsInput_IsRefused(string input, string output)
    {
        var refusal = (await EncodeAsync("--input", _folder.PathOf(input), "--output", _folder.PathOf(output))).OneLineOfRefusal();

        Assert.Equal($"error: --output {_folder.PathOf(output)}: --input is the same file, and would be overwritten", refusal);
        Assert.Equal(Pair, File.ReadAllText(_folder.PathOf("rows.jsonl")));
    }

    [Fact]
    public async Task Encode_OutputIsCalibration_IsRefused() => Assert.Contains(
        "--calibration is the same file",
        (await EncodeAsync("--text", "a", "--dtype", "int8", "--calibration", _folder.PathOf("rows.jsonl"), "--output", _folder.PathOf("file-link.jsonl"))).OneLineOfRefusal(),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("model/model.safetensors")]
    [InlineData("model-link/model.safetensors")]
    [InlineData("model/new.npy")]
    [InlineData("model/../folder-link/model/new.npy")]
    public async Task Encode_OutputInTheModel_IsRefused(string output)
    {
        var before = File.ReadAllBytes(Path.Combine(_model, "model.safetensors"));

        var refusal = (await EncodeAsync("--text", "a", "--output", _folder.PathOf(output))).OneLineOfRefusal();

        Assert.Equal($"error: --output {_folder.PathOf(output)}: it lies in the folder of the model", refusal);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(_model, "model.safetensors")));
        Assert.False(File.Exists(_folder.PathOf("model/new.npy")));
    }

    [Fact]
    public async Task Encode_OutputIsALinkToTheModelsFile_IsRefused()
    {
        File.CreateSymbolicLink(_folder.PathOf("out.safetensors"), Path.Combine(_model, "model.safetensors"));

        Assert.Contains("it lies in the folder of the model", (await EncodeAsync("--text", "a", "--output", _folder.PathOf("out.safetensors"))).OneLineOfRefusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model-2.npy")]
    [InlineData("other/rows.npy")]
    public async Task Encode_OutputBesideWhatIsRead_IsWritten(string output)
    {
        Directory.CreateDirectory(_folder.PathOf("other"));

        Assert.Equal(0, (await EncodeAsync("--input", _folder.PathOf("rows.jsonl"), "--output", _folder.PathOf(output))).ExitCode);
    }

    [Fact]
    public async Task Encode_OutputIsALinkToItself_IsReplaced()
    {
        File.CreateSymbolicLink(_folder.PathOf("loop.npy"), _folder.PathOf("loop.npy"));

        Assert.Equal(0, (await EncodeAsync("--text", "a", "--output", _folder.PathOf("loop.npy"))).ExitCode);
        Assert.Null(new FileInfo(_folder.PathOf("loop.npy")).LinkTarget);
    }

    [Theory]
    [InlineData("--pairs", "--corpus")]
    [InlineData("--corpus", "--pairs")]
    public async Task Mine_OutputIsRead_IsRefused(string same, string other)
    {
        File.WriteAllText(_folder.PathOf("other.jsonl"), Pair);

        var refusal = (await MineAsync(same, _folder.PathOf("rows.jsonl"), other, _folder.PathOf("other.jsonl"), "--output", _folder.PathOf("file-link.jsonl"))).OneLineOfRefusal();

        Assert.Equal($"error: --output {_folder.PathOf("file-link.jsonl")}: {same} is the same file, and would be overwritten", refusal);
        Assert.Equal(Pair, File.ReadAllText(_folder.PathOf("rows.jsonl")));
    }

    [Fact]
    public async Task Mine_OutputInTheModel_IsRefused() => Assert.Contains(
        "it lies in the folder of the model",
        (await MineAsync("--pairs", _folder.PathOf("rows.jsonl"), "--output", Path.Combine(_model, "mined.jsonl"))).OneLineOfRefusal(),
        StringComparison.Ordinal);

    [Fact]
    public async Task Mine_OutputExists_IsReplaced()
    {
        File.WriteAllText(_folder.PathOf("mined.jsonl"), "old");

        var mined = await MineAsync("--pairs", _folder.PathOf("rows.jsonl"), "--margin", "none", "--output", _folder.PathOf("mined.jsonl"));

        Assert.Equal((0, ""), (mined.ExitCode, mined.Error));
        Assert.StartsWith("{\"anchor\":", File.ReadAllText(_folder.PathOf("mined.jsonl")), StringComparison.Ordinal);
    }

    private Task<VerbInvocation> EncodeAsync(params string[] arguments) => VerbInvocation.RunAsync(EncodeVerb.Create(Hubs.None), ["--model", _model, .. arguments]);

    private Task<VerbInvocation> MineAsync(params string[] arguments) => VerbInvocation.RunAsync(MineVerb.Create(Hubs.None), ["--model", _model, .. arguments]);
}
