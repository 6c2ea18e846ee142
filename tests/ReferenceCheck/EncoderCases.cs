using System.Text.Json;
using Distributed.Jobs;
using Distributed.Training.Models;
using Distributed.Training.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.ReferenceCheck;

/// <summary>encoder/: token ids of every sentence, and the embeddings of the peer's own folders, old spelling included.</summary>
internal static class EncoderCases
{
    private const double Float32Limit = 1e-5;
    private const double Float64Limit = 1e-10;

    public static IEnumerable<CheckResult> Check(string folder)
    {
        var document = ReferenceFile.Json(folder, "encoder.json");
        var sentences = document.GetProperty("sentences").Strings();
        using var tensors = SafetensorsReader.Open(Path.Combine(folder, "encoder.safetensors"));

        yield return Ids("encoder/token ids: uncased", Path.Combine(folder, "mini-mean"), null, sentences, document.GetProperty("ids"));
        foreach (var length in document.GetProperty("truncation").EnumerateObject())
            yield return Ids($"encoder/token ids: cut to {length.Name}", Path.Combine(folder, "mini-mean"), int.Parse(length.Name), sentences, length.Value);
        yield return CasedIds("encoder/token ids: cased", folder, document, sentences);

        foreach (var (model, group) in new[] { ("mini-mean", "mean"), ("mini-cls-norm", "cls_norm") })
        {
            var path = Path.Combine(folder, model);
            yield return Embeddings($"encoder/{model}: f32", path, null, sentences, tensors, $"{group}/encode_f32", ScalarType.Float32);
            yield return Embeddings($"encoder/{model}: f64", path, null, sentences, tensors, $"{group}/encode_f64", ScalarType.Float64);
        }

        foreach (var pooling in Enum.GetValues<PoolingMode>())
        {
            var stored = $"pool/{PeerName(pooling)}_f64";
            yield return Embeddings($"encoder/pooling: {pooling} f64", Path.Combine(folder, "mini-mean"), pooling, sentences, tensors, stored, ScalarType.Float64);
        }

        yield return Legacy("encoder/legacy-config: f32", folder, sentences);
    }

    private static string PeerName(PoolingMode pooling) => pooling is PoolingMode.MeanSqrtLength ? "mean_sqrt_len_tokens" : pooling.ToString().ToLowerInvariant();

    private static CheckResult Ids(string name, string model, int? maxTokens, string[] sentences, JsonElement expected)
    {
        using var loaded = EmbeddingModel.Load(model, new ModelOptions { MaxTokens = maxTokens });
        return TokenIds.Compare(name, loaded, sentences, expected);
    }

    private static CheckResult CasedIds(string name, string folder, JsonElement document, string[] sentences)
    {
        // A folder with a tokenizer alone: the small model's weights stand beside it, whose vocabulary is as large.
        using var temporary = new TemporaryFolder();
        temporary.CopyFrom(Path.Combine(folder, "mini-mean"));
        temporary.CopyFrom(Path.Combine(folder, "tokenizer-cased"));
        return Ids(name, temporary.Path, document.GetProperty("max_seq_length").GetInt32(), sentences, document.GetProperty("cased_ids"));
    }

    private static CheckResult Embeddings(
        string name, string folder, PoolingMode? pooling, string[] sentences, SafetensorsReader tensors, string stored, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var model = EmbeddingModel.Load(folder, new ModelOptions { Pooling = pooling });
        if (dtype == ScalarType.Float64)
            model.Encoder.to(ScalarType.Float64);
        var error = Encode(model, sentences).MaxDifference(tensors.Read(stored));
        return CheckResult.Compare(name, error, dtype == ScalarType.Float64 ? Float64Limit : Float32Limit);
    }

    private static CheckResult Legacy(string name, string folder, string[] sentences)
    {
        using var scope = NewDisposeScope();
        using var temporary = new TemporaryFolder();
        temporary.CopyFrom(Path.Combine(folder, "mini-mean"));
        temporary.CopyFrom(Path.Combine(folder, "legacy-config"));
        using var tensors = SafetensorsReader.Open(Path.Combine(folder, "legacy-config", "legacy.safetensors"));
        var error = Encode(EmbeddingModel.Load(temporary.Path), sentences).MaxDifference(tensors.Read("legacy/encode_f32"));
        return CheckResult.Compare(name, error, Float32Limit);
    }

    /// <summary>All sentences in one packed batch, in their order: [sentences, dim].</summary>
    private static Tensor Encode(EmbeddingModel model, string[] sentences)
    {
        using var withoutGraph = no_grad();
        return model.Encoder.Encode(EncoderInput.From([.. sentences.Select(model.Tokenize)]), dropout: null);
    }
}
