using System.Text.Json;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.Encoders.ModernBert;
using Distributed.Training.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models;

/// <summary>A folder of tests/reference/families: a model, and what the peer computes with it.</summary>
/// <param name="name">Its path there: `bert-variants/dense`.</param>
internal sealed class FamilyReference(string name)
{
    // Of the models whose encoder is loaded alone.
    private static readonly Dictionary<string, (PoolingMode Pooling, bool Normalizes)> Modules = new()
    {
        ["roberta"] = (PoolingMode.Mean, false),
        ["xlm-r"] = (PoolingMode.Mean, true),
        ["mpnet"] = (PoolingMode.Mean, true),
        ["distilbert"] = (PoolingMode.Cls, false),
        ["modernbert"] = (PoolingMode.Mean, false),
        ["bert-variants/gelu-new"] = (PoolingMode.Mean, false),
        ["bert-variants/relu-max"] = (PoolingMode.Max, false),
        ["bert-variants/float16"] = (PoolingMode.Mean, false),
        ["bert-variants/bfloat16"] = (PoolingMode.Mean, false),
        ["bert-variants/sharded"] = (PoolingMode.Cls, false),
    };

    /// <summary>Every folder with a model.</summary>
    public static IEnumerable<string> All { get; } =
        [.. Directory.EnumerateFiles(ReferenceData.PathOf("families"), "modules.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(ReferenceData.PathOf("families"), Path.GetDirectoryName(Path.GetDirectoryName(file))!).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    /// <summary>Folder of the model.</summary>
    public string Folder { get; } = ReferenceData.PathOf("families", name, "model");

    public JsonElement Json { get; } = ReferenceData.Json("families", name, "expected.json");

    public string[] Sentences => [.. Json.GetProperty("sentences").EnumerateArray().Select(sentence => sentence.GetString()!)];

    /// <summary>Token ids of each sentence.</summary>
    public int[][] Ids => Lists(Json.GetProperty("ids"));

    public int[] HiddenRows => Numbers(Json.GetProperty("hidden_rows"));

    /// <summary>Token ids of the texts of each column of the training batch.</summary>
    public IEnumerable<int[][]> TrainedColumns
    {
        get
        {
            var pairs = ReferenceData.Json("families", "train-ids.json").GetProperty(name).EnumerateArray().Select(Lists).ToArray();
            return Enumerable.Range(0, 2).Select(column => pairs.Select(pair => pair[column]).ToArray());
        }
    }

    public double TrainedLoss => Json.GetProperty("train").GetProperty("loss_f64").GetDouble();

    public IEnumerable<string> WithoutGradient
        => Json.GetProperty("train").GetProperty("without_gradient").EnumerateArray().Select(parameter => parameter.GetString()!["0.model.".Length..]);

    private string Expected => ReferenceData.PathOf("families", name, "expected.safetensors");

    public static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt32())];

    /// <summary>
    /// Allowed difference of two double implementations, <paramref name="exact"/> where nothing is float32. ModernBERT's rotary tables are, and where this
    /// machine's cosines are not the peer's in the last place, its doubles differ by as much.
    /// </summary>
    public double Float64Tolerance(double exact) => name != "modernbert" || HasThePeersTables() ? exact : Math.Max(exact, 1e-7);

    /// <summary>Names of the stored tensors that start with a prefix, without it.</summary>
    public string[] Names(string prefix)
    {
        using var reader = SafetensorsReader.Open(Expected);
        return [.. reader.Tensors.Select(tensor => tensor.Name).Where(tensor => tensor.StartsWith(prefix, StringComparison.Ordinal)).Select(tensor => tensor[prefix.Length..])];
    }

    public Tensor Tensor(string tensor)
    {
        using var reader = SafetensorsReader.Open(Expected);
        return reader.Read(tensor);
    }

    /// <summary>The encoder with the folder's pooling, without the tokenizer.</summary>
    public SentenceEncoder LoadEncoder(bool allowsFused = true, double? dropout = null, bool isDouble = false)
    {
        var encoder = LoadEncoder(Folder, Modules[name].Pooling, Modules[name].Normalizes, dropout);
        encoder.AllowsFusedKernels = allowsFused;
        if (isDouble)
            encoder.to(ScalarType.Float64);
        return encoder;
    }

    /// <summary>The encoder of any folder.</summary>
    public static SentenceEncoder LoadEncoder(string folder, PoolingMode pooling = PoolingMode.Mean, bool normalizes = false, double? dropout = null)
    {
        var json = JsonFile.Read(Path.Combine(folder, "config.json"));
        var family = EncoderFamily.Of(json);
        var encoder = new SentenceEncoder(family.Read(json).WithDropout(dropout), pooling, normalizes);
        foreach (var pooler in CheckpointReader.Fill(encoder, ModelFiles.FindWeights(folder), family).Values)
            pooler.Dispose();
        return encoder;
    }

    /// <summary>Token states of one text before the first layer and after each.</summary>
    public static Tensor[] HiddenStates(SentenceEncoder encoder, int[] ids)
        => [.. encoder.HiddenStates(new EncoderPass(EncoderInput.From([ids]), encoder.Config, encoder.parameters().First(), null, encoder.AllowsFusedKernels))];

    private bool HasThePeersTables()
    {
        using var scope = NewDisposeScope();
        var (global, local) = (RotaryTable.Compute(64, 16, 160_000), RotaryTable.Compute(64, 16, 10_000));
        return new[] { ("full_attention_cos", global.Cosine), ("full_attention_sin", global.Sine), ("sliding_attention_cos", local.Cosine), ("sliding_attention_sin", local.Sine) }
            .All(table => EncoderReference.MaxDifference(table.Item2, Tensor($"rotary/{table.Item1}")) == 0);
    }

    private static int[][] Lists(JsonElement lists) => [.. lists.EnumerateArray().Select(Numbers)];
}
