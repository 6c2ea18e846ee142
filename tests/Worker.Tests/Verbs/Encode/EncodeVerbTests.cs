using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using Distributed.Testing;
using Distributed.Worker.Verbs.Encode;

namespace Distributed.Worker.Tests.Verbs.Encode;

public sealed class EncodeVerbTests : IDisposable
{
    private static readonly string Model = ReferenceData.PathOf("encoder", "mini-mean");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Encode_LinesOfText_GivesARowForEachInOrder()
    {
        File.WriteAllLines(_folder.PathOf("texts.txt"), ["a small cat", "", "größer", "a small cat"]);

        var rows = await EncodeToJsonAsync("texts.txt");

        Assert.Equal(["a small cat", "", "größer", "a small cat"], rows.Select(row => row.GetProperty("text").GetString()));
        Assert.Equal(Vector(rows[0]), Vector(rows[3]));
        Assert.NotEqual(Vector(rows[0]), Vector(rows[1]));
    }

    [Fact]
    public async Task Encode_CompressedJsonLines_ReadsTheColumn()
    {
        using (var stream = new GZipStream(File.Create(_folder.PathOf("texts.jsonl.gz")), CompressionLevel.Fastest))
            stream.Write("{\"id\": 1, \"title\": \"first\"}\n{\"id\": 2, \"title\": \"second\"}\n"u8);

        var rows = await EncodeToJsonAsync("texts.jsonl.gz", "--column", "title");

        Assert.Equal(["first", "second"], rows.Select(row => row.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Encode_Normalize_GivesLengthOne()
    {
        File.WriteAllLines(_folder.PathOf("texts.txt"), ["a small cat"]);

        var row = Assert.Single(await EncodeToJsonAsync("texts.txt", "--normalize"));

        Assert.Equal(1, Vector(row).Sum(value => (double)value * value), 1e-6);
    }

    [Fact]
    public async Task Encode_ToNumpyAndSafetensors_HoldsTheSameNumbers()
    {
        File.WriteAllLines(_folder.PathOf("texts.txt"), ["a small cat", "a dog"]);
        var expected = (await EncodeToJsonAsync("texts.txt")).SelectMany(Vector).ToArray();

        foreach (var name in (string[])["out.npy", "out.safetensors"])
        {
            await SucceedAsync("--input", _folder.PathOf("texts.txt"), "--output", _folder.PathOf(name));

            var file = File.ReadAllBytes(_folder.PathOf(name));
            Assert.Equal(expected, MemoryMarshal.Cast<byte, float>(file.AsSpan(file.Length - expected.Length * sizeof(float))));
        }
    }

    [Fact]
    public async Task Encode_OutputExists_IsReplacedAndNothingElseIsLeft()
    {
        File.WriteAllLines(_folder.PathOf("texts.txt"), ["a"]);
        File.WriteAllText(_folder.PathOf("out.npy"), "old");

        await SucceedAsync("--input", _folder.PathOf("texts.txt"), "--output", _folder.PathOf("out.npy"));

        Assert.Equal(0x93, File.ReadAllBytes(_folder.PathOf("out.npy"))[0]);
        Assert.Equal(["out.npy", "texts.txt"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Encode_BrokenLine_NamesItAndLeavesNothing()
    {
        File.WriteAllLines(_folder.PathOf("texts.jsonl"), ["{\"text\": \"a\"}", "{\"text\": "]);

        var refusal = (await RunAsync("--input", _folder.PathOf("texts.jsonl"), "--output", _folder.PathOf("out.npy"))).OneLineOfRefusal();

        Assert.Contains("texts.jsonl:2: ", refusal, StringComparison.Ordinal);
        Assert.Equal(["texts.jsonl"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Encode_CompressedTextCutShort_IsRefused()
    {
        using (var stream = new GZipStream(File.Create(_folder.PathOf("texts.txt.gz")), CompressionLevel.Fastest))
            stream.Write("first\nsecond\n"u8);
        using (var file = File.OpenWrite(_folder.PathOf("texts.txt.gz")))
            file.SetLength(file.Length - 9);

        var refusal = (await RunAsync("--input", _folder.PathOf("texts.txt.gz"), "--output", _folder.PathOf("out.npy"))).OneLineOfRefusal();

        Assert.Contains("the gzip data is damaged or cut short", refusal, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.PathOf("out.npy")));
    }

    [Fact]
    public async Task Encode_TextThatIsNotUtf8_NamesTheLine()
    {
        File.WriteAllBytes(_folder.PathOf("texts.txt"), [(byte)'a', (byte)'\n', 0xFF, (byte)'\n']);

        var refusal = (await RunAsync("--input", _folder.PathOf("texts.txt"), "--output", _folder.PathOf("out.npy"))).OneLineOfRefusal();

        Assert.EndsWith("texts.txt:2: not valid UTF-8", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none.txt", "", "the file is empty")]
    [InlineData("none.txt.gz", "", "the file is empty")]
    [InlineData("none.jsonl", "", "the file is empty")]
    [InlineData("none.jsonl", "\n\n", "no texts")]
    [InlineData("none.csv", "text\n", "no texts")]
    public async Task Encode_FileWithoutTexts_IsRefused(string input, string content, string expected)
    {
        File.WriteAllText(_folder.PathOf(input), content);

        foreach (var arguments in (string[][])[["--input", _folder.PathOf(input)], ["--text", "a", "--dtype", "int8", "--calibration", _folder.PathOf(input)]])
            Assert.Equal($"error: {_folder.PathOf(input)}: {expected}", (await RunAsync([.. arguments, "--output", _folder.PathOf("out.npy")])).OneLineOfRefusal());
        Assert.False(File.Exists(_folder.PathOf("out.npy")));
    }

    [Fact]
    public async Task Encode_ToAFile_SaysWhatWasWritten()
    {
        File.WriteAllLines(_folder.PathOf("texts.txt"), ["a small cat", "a dog"]);

        var run = await RunAsync("--input", _folder.PathOf("texts.txt"), "--output", _folder.PathOf("out.npy"), "--dtype", "binary");

        Assert.Equal((0, "", $"wrote {_folder.PathOf("out.npy")}: 2 rows, 64 dimensions, binary\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Encode_FileNameThatIsTooLong_IsCalledAsItWasAskedFor()
    {
        var output = _folder.PathOf(new string('a', 250) + ".npy");

        Assert.Equal($"error: {output}: cannot be written: ", (await RunAsync("--text", "a", "--output", output)).OneLineOfRefusal()[..("error: : cannot be written: ".Length + output.Length)]);
    }

    [Theory]
    [InlineData("--input", "a.foo", ", or - for standard input")]
    [InlineData("--input", "a.parquet.gz", ", or - for standard input")]
    [InlineData("--calibration", "a.foo", "")]
    public async Task Encode_InputOfUnknownFormat_NamesTheFormats(string option, string file, string others)
    {
        string[] arguments = option == "--input" ? ["--input", file] : ["--text", "a", "--dtype", "int8", option, file];

        Assert.Equal(
            $"error: {file}: unknown format: expected .txt, .jsonl, .csv or .tsv, each plain or .gz, or .parquet{others}", (await RunAsync(arguments)).OneLineOfRefusal());
    }

    [Fact]
    public async Task Encode_ThreadsThatAreNoNumber_SaysWhatIsExpected() =>
        Assert.Contains(
            "--threads abc: expected a whole number.",
            (await VerbInvocation.RunAsync(EncodeVerb.Create(Hubs.None), "--model", Model, "--text", "a", "--threads", "abc")).Error,
            StringComparison.Ordinal);

    [Fact]
    public async Task Encode_EmbeddingThatIsNotFinite_IsOneLineAndLeavesNothing()
    {
        // Finite weights whose products are not: the largest float32 throughout.
        var model = _folder.Copy(Model, "model");
        Overflow(Path.Combine(model, "model.safetensors"));

        var refusal = (await VerbInvocation.RunAsync(
            EncodeVerb.Create(Hubs.None), "--model", model, "--threads", "1", "--text", "a small cat", "--output", _folder.PathOf("out.npy"))).OneLineOfRefusal();

        Assert.Contains("the model's embedding of \"a small cat\" is not finite", refusal, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.PathOf("out.npy")));
    }

    [Fact]
    public async Task Encode_ModelThatIsMissing_IsOneLine()
    {
        var invocation = await VerbInvocation.RunAsync(EncodeVerb.Create(Hubs.None), "--model", _folder.PathOf("none"), "--text", "a", "--output", _folder.PathOf("out.npy"));

        Assert.Contains(_folder.PathOf("none"), invocation.OneLineOfRefusal(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Encode_InputThatIsMissing_IsOneLine() =>
        Assert.Contains("none.txt", (await RunAsync("--input", _folder.PathOf("none.txt"), "--output", _folder.PathOf("out.npy"))).OneLineOfRefusal(), StringComparison.Ordinal);

    [Fact]
    public async Task Encode_UnknownOutputFormat_IsOneLine() =>
        Assert.Contains(".safetensors", (await RunAsync("--text", "a", "--output", _folder.PathOf("out.csv"))).OneLineOfRefusal(), StringComparison.Ordinal);

    [Fact]
    public async Task Encode_OutputFolderThatIsNone_IsOneLine() =>
        Assert.Contains("out.npy", (await RunAsync("--text", "a", "--output", "/dev/null/out.npy")).OneLineOfRefusal(), StringComparison.Ordinal);

    [Fact]
    public async Task Encode_NeitherTextNorInput_IsRefused()
    {
        var invocation = await RunAsync();

        Assert.NotEqual(0, invocation.ExitCode);
        Assert.Contains("Give either --text or --input.", invocation.Error, StringComparison.Ordinal);
    }

    private static float[] Vector(JsonElement row) => [.. row.GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle())];

    // The tensors' bytes stand behind an 8-byte length and the header of that length.
    private static void Overflow(string weights)
    {
        var content = File.ReadAllBytes(weights);
        MemoryMarshal.Cast<byte, float>(content.AsSpan(sizeof(long) + (int)BitConverter.ToInt64(content))).Fill(float.MaxValue);
        File.WriteAllBytes(weights, content);
    }

    private static Task<VerbInvocation> RunAsync(params string[] arguments) =>
        VerbInvocation.RunAsync(EncodeVerb.Create(Hubs.None), ["--model", Model, "--threads", "1", .. arguments]);

    private static async Task SucceedAsync(params string[] arguments)
    {
        var invocation = await RunAsync(arguments);
        Assert.Matches(@"^wrote .*: [0-9]+ rows, 64 dimensions, float32\n\z", invocation.Error);
        Assert.Equal(0, invocation.ExitCode);
    }

    private async Task<JsonElement[]> EncodeToJsonAsync(string input, params string[] more)
    {
        await SucceedAsync(["--input", _folder.PathOf(input), "--output", _folder.PathOf("out.jsonl"), .. more]);
        return [.. File.ReadLines(_folder.PathOf("out.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
