using System.Text.Json;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.Encoders.ModernBert;
using Distributed.Training.Safetensors;

using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Families;

/// <summary>What is stored of one model of tests/reference/families. Its encoder is loaded without its tokenizer.</summary>
internal sealed class FamilyReference
{
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

    private readonly JsonElement _expected;

    public FamilyReference(string name)
    {
        Name = name;
        _expected = ReferenceData.Json("families", name, "expected.json");
        Ids = Lists(_expected.GetProperty("ids"));
    }

    public string Name { get; }

    public string Folder => ReferenceData.PathOf("families", Name, "model");

    /// <summary>Token ids of each sentence.</summary>
    public int[][] Ids { get; }

    public int[] HiddenRows => [.. _expected.GetProperty("hidden_rows").EnumerateArray().Select(row => row.GetInt32())];

    /// <summary>Token ids of the texts of each column of the training batch.</summary>
    public IEnumerable<int[][]> TrainedColumns
    {
        get
        {
            var pairs = ReferenceData.Json("families", "train-ids.json").GetProperty(Name).EnumerateArray().Select(Lists).ToArray();
            return Enumerable.Range(0, 2).Select(column => pairs.Select(pair => pair[column]).ToArray());
        }
    }

    public double TrainedLoss => _expected.GetProperty("train").GetProperty("loss_f64").GetDouble();

    public IEnumerable<string> WithoutGradient
        => _expected.GetProperty("train").GetProperty("without_gradient").EnumerateArray().Select(name => name.GetString()!["0.model.".Length..]);

    /// <summary>
    /// Allowed difference of two double implementations, <paramref name="exact"/> where nothing is float32. ModernBERT's rotary tables are, and where this
    /// machine's cosines are not the peer's in the last place, its doubles differ by as much.
    /// </summary>
    public double Float64Tolerance(double exact) => Name != "modernbert" || HasThePeersTables() ? exact : Math.Max(exact, 1e-7);

    /// <summary>Names of the stored tensors that start with a prefix, without it.</summary>
    public string[] Names(string prefix)
    {
        using var reader = SafetensorsReader.Open(Expected);
        return [.. reader.Tensors.Select(tensor => tensor.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..])];
    }

    public Tensor Tensor(string name)
    {
        using var reader = SafetensorsReader.Open(Expected);
        return reader.Read(name);
    }

    /// <summary>The encoder with the folder's pooling.</summary>
    public SentenceEncoder Load(bool allowsFused = true, double? dropout = null, bool isDouble = false)
    {
        var encoder = Load(Folder, Modules[Name].Pooling, Modules[Name].Normalizes, dropout);
        encoder.AllowsFusedKernels = allowsFused;
        if (isDouble)
            encoder.to(ScalarType.Float64);
        return encoder;
    }

    /// <summary>The encoder of any folder.</summary>
    public static SentenceEncoder Load(string folder, PoolingMode pooling = PoolingMode.Mean, bool normalizes = false, double? dropout = null)
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

    /// <summary>Embeddings, and the gradients of all parameters from a gradient of them that is the same in every call.</summary>
    public static (Tensor Embeddings, Dictionary<string, Tensor> Gradients) EncodeAndDifferentiate(
        SentenceEncoder encoder, EncoderInput input, DropoutKey? key, Precision precision = Precision.Float32)
    {
        encoder.zero_grad();
        var embeddings = encoder.Encode(input, key, precision);
        embeddings.backward([linspace(-1, 1, embeddings.numel(), embeddings.dtype).view(embeddings.shape).sin()]);
        return (embeddings.detach(), Gradients(encoder));
    }

    public static Dictionary<string, Tensor> Gradients(SentenceEncoder encoder)
        => encoder.named_parameters().ToDictionary(pair => pair.name, pair => (pair.parameter.grad ?? zeros_like(pair.parameter)).clone());

    private bool HasThePeersTables()
    {
        using var scope = NewDisposeScope();
        var (global, local) = (RotaryTable.Compute(64, 16, 160_000), RotaryTable.Compute(64, 16, 10_000));
        return new[] { ("full_attention_cos", global.Cosine), ("full_attention_sin", global.Sine), ("sliding_attention_cos", local.Cosine), ("sliding_attention_sin", local.Sine) }
            .All(table => EncoderReference.MaxDifference(table.Item2, Tensor($"rotary/{table.Item1}")) == 0);
    }

    private string Expected => ReferenceData.PathOf("families", Name, "expected.safetensors");

    private static int[][] Lists(JsonElement lists)
        => [.. lists.EnumerateArray().Select(list => list.EnumerateArray().Select(id => id.GetInt32()).ToArray())];
}
