using System.Runtime.InteropServices;
using System.Text.Json;
using Distributed.Hub;
using Distributed.Testing;
using Distributed.Training.Inference;
using Distributed.Training.Inference.Quantization;
using Distributed.Worker.Verbs.Encode;

namespace Distributed.Worker.Tests.Verbs.Encode;

/// <summary>What is done with a text and with its embedding.</summary>
public sealed class EncodeSettingTests : IDisposable
{
    private const int Dim = 64;

    private static readonly string Model = ReferenceData.PathOf("encoder", "mini-mean");
    private static readonly string[] Texts = ["a small cat", "a dog", "the bank of a river", "a dog", "größer"];

    private readonly TemporaryFolder _folder = new();

    public EncodeSettingTests() => File.WriteAllLines(_folder.PathOf("texts.txt"), Texts);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Encode_TruncateDimAndNormalize_ScalesWhatIsKept()
    {
        var whole = await EncodeAsync();

        var cut = await EncodeAsync("--truncate-dim", "5", "--normalize");

        for (var row = 0; row < Texts.Length; row++)
        {
            var kept = whole.AsSpan(row * Dim, 5).ToArray();
            var length = Math.Sqrt(kept.Sum(value => (double)value * value));
            Assert.Equal(kept.Select(value => (float)(value / length)), cut[(row * 5)..((row + 1) * 5)]);
        }
    }

    [Fact]
    public async Task Encode_TruncateDimAlone_KeepsTheNumbers()
    {
        var whole = await EncodeAsync();

        Assert.Equal(Enumerable.Range(0, Texts.Length).SelectMany(row => whole[(row * Dim)..(row * Dim + 7)]), await EncodeAsync("--truncate-dim", "7"));
    }

    [Fact]
    public async Task Encode_TruncateDimOfTheModel_HoldsWhereNoneIsGiven()
    {
        var model = _folder.Copy(Model, "model");
        File.WriteAllText(Path.Combine(model, "config_sentence_transformers.json"), """{"truncate_dim":7}""");
        var whole = await EncodeAsync();

        foreach (var (dim, options) in ((int, string[])[])[(7, []), (5, ["--truncate-dim", "5"]), (20, ["--truncate-dim", "20"]), (Dim, ["--truncate-dim", "64"])])
            Assert.Equal(Enumerable.Range(0, Texts.Length).SelectMany(row => whole[(row * Dim)..(row * Dim + dim)]), await EncodeWithAsync(model, options));
        Assert.Contains("have 64 dimensions", (await RunAsync(Hubs.None, model, "out.npy", "--truncate-dim", "65")).OneLineOfRefusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--truncate-dim 65", "--truncate-dim 65: the model's embeddings have 64 dimensions")]
    [InlineData("--prompt-name nonsense", "nonsense")]
    [InlineData("--prompt a --prompt-name query", "give --prompt or --prompt-name, not both")]
    [InlineData("--calibration texts.txt", "--calibration is for --dtype int8 and uint8")]
    [InlineData("--dtype int8 --calibration -", "--calibration: give a file, not standard input")]
    [InlineData("--dtype int8 --calibration /none.txt", "/none.txt")]
    public async Task Encode_WhatDoesNotFit_IsOneLineAndLeavesNothing(string options, string expected)
    {
        var refusal = (await RunAsync(Hubs.None, Model, "out.npy", options.Split(' '))).OneLineOfRefusal();

        Assert.Contains(expected, refusal, StringComparison.Ordinal);
        Assert.Equal(["texts.txt"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Encode_Prompt_StandsInFrontOfEachText()
    {
        var prompted = await EncodeAsync("--prompt", "query: ");

        File.WriteAllLines(_folder.PathOf("texts.txt"), Texts.Select(text => $"query: {text}"));
        Assert.Equal(await EncodeAsync(), prompted);
    }

    [Fact]
    public async Task Encode_PromptOfTheModel_IsTakenByNameOrByDefault()
    {
        var model = _folder.Copy(Model, "model");
        File.WriteAllText(Path.Combine(model, "config_sentence_transformers.json"), """{"prompts":{"query":"query: ","passage":"passage: "},"default_prompt_name":"passage"}""");
        var (query, passage, none) = (await EncodeAsync("--prompt", "query: "), await EncodeAsync("--prompt", "passage: "), await EncodeAsync());

        Assert.Equal(query, await EncodeWithAsync(model, "--prompt-name", "query"));
        Assert.Equal(passage, await EncodeWithAsync(model));
        Assert.Equal(none, await EncodeWithAsync(model, "--prompt", ""));
        Assert.NotEqual(query, passage);
    }

    [Theory]
    [InlineData("bfloat16")]
    [InlineData("bf16")]
    public async Task Encode_BFloat16_IsCloseAndNotTheSame(string word)
    {
        var (exact, rounded) = (await EncodeAsync(), await EncodeAsync("--precision", word));

        Assert.NotEqual(exact, rounded);
        Assert.All(exact.Zip(rounded), pair => Assert.Equal(pair.First, pair.Second, 0.1f));
    }

    [Theory]
    [InlineData("int8", EmbeddingDtype.Int8)]
    [InlineData("uint8", EmbeddingDtype.UInt8)]
    public async Task Encode_BytesWithoutCalibration_TakesTheRangesOfAllTextsAndWarnsOfFew(string name, EmbeddingDtype dtype)
    {
        var whole = new EmbeddingMatrix(await EncodeAsync(), Dim);
        var ranges = new DimensionRanges(Dim);
        ranges.Add(whole);

        var run = await RunAsync(Hubs.None, Model, "out.npy", "--dtype", name);

        Assert.Equal($"warning: {name} ranges are those of 5 embeddings: with more, of a file for --calibration, they hold for other texts too\n{Written("out.npy", name)}", run.Error);
        Assert.Equal(EmbeddingQuantizer.Quantize(whole, dtype, ranges).Data.ToArray(), Body("out.npy", Dim));
        Assert.Equal(["out.npy", "texts.txt"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Encode_Calibration_TakesTheRangesOfThatFile()
    {
        File.WriteAllLines(_folder.PathOf("other.txt"), ["one", "two", "three of them"]);
        var whole = new EmbeddingMatrix(await EncodeAsync(), Dim);
        var ranges = new DimensionRanges(Dim);
        ranges.Add(new EmbeddingMatrix(await EncodeFileAsync("other.txt"), Dim));

        var run = await RunAsync(Hubs.None, Model, "out.npy", "--dtype", "int8", "--calibration", _folder.PathOf("other.txt"));

        Assert.Equal(Written("out.npy", "int8"), run.Error);
        Assert.Equal(EmbeddingQuantizer.Quantize(whole, EmbeddingDtype.Int8, ranges).Data.ToArray(), Body("out.npy", Dim));
    }

    [Fact]
    public async Task Encode_BytesToJsonLines_KeepsTextsAndOrder()
    {
        await RunAsync(Hubs.None, Model, "out.jsonl", "--dtype", "int8");

        Assert.Equal(Texts, File.ReadLines(_folder.PathOf("out.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()));
    }

    [Theory]
    [InlineData("binary", EmbeddingDtype.Binary)]
    [InlineData("ubinary", EmbeddingDtype.UBinary)]
    [InlineData("float16", EmbeddingDtype.Float16)]
    public async Task Encode_OtherNumbers_AreThoseOfTheQuantizer(string name, EmbeddingDtype dtype)
    {
        var expected = EmbeddingQuantizer.Quantize(new EmbeddingMatrix(await EncodeAsync(), Dim), dtype);

        Assert.Equal(Written("out.npy", name), (await RunAsync(Hubs.None, Model, "out.npy", "--dtype", name)).Error);

        Assert.Equal(expected.Data.ToArray(), Body("out.npy", expected.Columns * expected.ElementBytes));
    }

    [Fact]
    public async Task Encode_IdInTheCache_IsThatModel()
    {
        const string Commit = "0123456789abcdef0123456789abcdef01234567";
        var hub = Hubs.None with { CacheFolder = _folder.PathOf("hub") };
        _folder.Copy(Model, Path.Combine("hub", "models--org--mini", "snapshots", Commit));
        Directory.CreateDirectory(_folder.PathOf("hub", "models--org--mini", "refs"));
        File.WriteAllText(_folder.PathOf("hub", "models--org--mini", "refs", "main"), Commit);

        foreach (var id in (string[])["org/mini", "org/mini@main", $"org/mini@{Commit}"])
        {
            Assert.Equal(Written("by-id.npy", "float32"), (await RunAsync(hub, id, "by-id.npy")).Error);
            Assert.Equal(await EncodeAsync(), MemoryMarshal.Cast<byte, float>(Body("by-id.npy", Dim * sizeof(float))).ToArray());
        }
    }

    [Theory]
    [InlineData("org/none", "org/none: the network is switched off (HF_HUB_OFFLINE), and /no/such/cache does not hold it whole (nor is there a folder org/none)")]
    [InlineData("./none", "./none: no such folder")]
    [InlineData("a/b/c", "a/b/c: no such folder")]
    public async Task Encode_ModelThatIsNowhere_IsOneLine(string model, string expected) =>
        Assert.Equal($"error: {expected}", (await RunAsync(Hubs.None, model, "out.npy")).OneLineOfRefusal());

    private Task<float[]> EncodeAsync(params string[] options) => EncodeWithAsync(Model, options);

    private async Task<float[]> EncodeWithAsync(string model, params string[] options)
    {
        var run = await RunAsync(Hubs.None, model, "float.npy", options);
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^wrote .*/float\.npy: 5 rows, [0-9]+ dimensions, float32\n\z", run.Error);
        var file = File.ReadAllBytes(_folder.PathOf("float.npy"));
        File.Delete(_folder.PathOf("float.npy"));
        return MemoryMarshal.Cast<byte, float>(file.AsSpan(128)).ToArray();
    }

    private async Task<float[]> EncodeFileAsync(string input)
    {
        await VerbInvocation.RunAsync(EncodeVerb.Create(Hubs.None), "--model", Model, "--input", _folder.PathOf(input), "--output", _folder.PathOf("other.npy"));
        return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_folder.PathOf("other.npy")).AsSpan(128)).ToArray();
    }

    private string Written(string output, string dtype) => $"wrote {_folder.PathOf(output)}: 5 rows, {Dim} dimensions, {dtype}\n";

    private byte[] Body(string output, int rowBytes) => File.ReadAllBytes(_folder.PathOf(output))[^(Texts.Length * rowBytes)..];

    private Task<VerbInvocation> RunAsync(HubOptions hub, string model, string output, params string[] options) => VerbInvocation.RunAsync(
        EncodeVerb.Create(hub), ["--model", model, "--input", _folder.PathOf("texts.txt"), "--output", _folder.PathOf(output), .. options]);
}
