using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using Distributed.Training.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.ReferenceCheck;

/// <summary>families/: token ids, embeddings and gradients of every encoder family, and of variants of BERT.</summary>
internal static class FamilyCases
{
    private const string Variants = "bert-variants";
    private const int Shards = 2;
    private const double Float32Limit = 1e-5;
    private const double Float64Limit = 1e-12;
    private const double GradientLimit = 1e-9;

    // ModernBERT: the peer's rotary tables are float32 in a double model too, and cosines of another library differ from them by 6e-8.
    private const double RotaryLimit = 1e-7;

    // Of the peer's own error, where it computes in half precision and this in float32.
    private const double HalfPrecisionFactor = 2;

    public static IEnumerable<CheckResult> Check(string folder) => Directory.EnumerateDirectories(folder)
        .SelectMany(family => Path.GetFileName(family) == Variants ? Directory.EnumerateDirectories(family) : [family])
        .Order(StringComparer.Ordinal)
        .SelectMany(CheckFamily);

    private static IEnumerable<CheckResult> CheckFamily(string folder)
    {
        var (name, model) = ($"families/{Path.GetFileName(folder)}", Path.Combine(folder, "model"));
        var expected = ReferenceFile.Json(folder, "expected.json");
        var sentences = expected.GetProperty("sentences").Strings();
        using var tensors = SafetensorsReader.Open(Path.Combine(folder, "expected.safetensors"));
        foreach (var (length, ids) in Cuts(expected))
        {
            using var cut = EmbeddingModel.Load(model, new ModelOptions { MaxTokens = length });
            yield return TokenIds.Compare($"{name}: token ids{(length is null ? "" : $" cut to {length}")}", cut, sentences, ids);
        }

        foreach (var stored in tensors.Tensors.Select(tensor => tensor.Name).Where(IsEmbedding).Order(StringComparer.Ordinal))
            yield return Embeddings($"{name}: {stored}", model, sentences, tensors, stored, Limit(stored, folder, expected));
        if (expected.TryGetProperty("train", out var training))
            yield return Gradient($"{name}: gradient, f64", model, training, tensors, IsRotary(folder));
    }

    private static IEnumerable<(int? Length, JsonElement Ids)> Cuts(JsonElement expected)
    {
        yield return (null, expected.GetProperty("ids"));
        if (!expected.TryGetProperty("truncation", out var truncation))
            yield break;
        foreach (var cut in truncation.EnumerateObject())
            yield return (int.Parse(cut.Name, CultureInfo.InvariantCulture), cut.Value);
    }

    private static bool IsEmbedding(string stored) => stored.StartsWith("encode_", StringComparison.Ordinal);

    private static bool IsFloat64(string stored) => stored.EndsWith("_f64", StringComparison.Ordinal);

    private static bool IsRotary(string folder) => Path.GetFileName(folder) == "modernbert";

    private static double Limit(string stored, string folder, JsonElement expected)
    {
        if (IsFloat64(stored))
            return IsRotary(folder) ? RotaryLimit : Float64Limit;
        var isHalf = stored == "encode_default" && expected.GetProperty("dtype_by_default").GetString() != "float32";
        return isHalf ? HalfPrecisionFactor * expected.GetProperty("default_against_f64").GetDouble() : Float32Limit;
    }

    private static CheckResult Embeddings(string name, string model, string[] sentences, SafetensorsReader tensors, string stored, double limit)
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        using var loaded = EmbeddingModel.Load(model);
        if (IsFloat64(stored))
            loaded.Encoder.to(ScalarType.Float64);
        var prompt = Prompt(loaded, stored);
        var notPooled = Enumerable.Repeat(loaded.TokensNotPooled(prompt), sentences.Length);
        var embeddings = loaded.Encoder.Encode(EncoderInput.From([.. sentences.Select(text => loaded.Tokenize(text, prompt))], [.. notPooled]), dropout: null);
        return CheckResult.Compare(name, embeddings.MaxDifference(tensors.Read(stored)), limit);
    }

    private static string Prompt(EmbeddingModel model, string stored) => stored switch
    {
        "encode_query_f32" => model.QueryPrompt,
        "encode_document_f32" => model.DocumentPrompt,
        "encode_no_prompt_f32" => "",
        "encode_own_prompt_f32" => "Represent: ",
        _ => model.Prompt(name: null),
    };

    private static CheckResult Gradient(string name, string model, JsonElement training, SafetensorsReader tensors, bool isRotary)
    {
        using var scope = NewDisposeScope();
        using var loaded = EmbeddingModel.Load(model);
        loaded.Encoder.to(ScalarType.Float64);
        var rows = training.GetProperty("pairs").EnumerateArray().Select(pair => new TrainingRow([.. pair.Strings()], -1)).ToImmutableArray();
        var prompts = training.TryGetProperty("prompts", out var given) && given.ValueKind == JsonValueKind.Array
            ? given.EnumerateArray().Select(prompt => prompt.GetString() ?? "").ToImmutableArray()
            : [];
        var (loss, gradient) = ReferenceGradient.Of(
            loaded, rows, EmbeddingLoss.Create(new RankingLossOptions { MaskFalseNegatives = false }), Shards, prompts);
        var error = PeerGradient.Compare(gradient, tensors, "grad/", out var compared);
        var expected = training.GetProperty("loss_f64").GetDouble();
        return compared == 0
            ? new CheckResult(name, CheckOutcome.Failed, Detail: "no gradient is stored")
            : CheckResult.Compare(
                name, Math.Abs(loss - expected) / Math.Abs(expected), isRotary ? RotaryLimit : Float64Limit, error, isRotary ? RotaryLimit : GradientLimit);
    }
}
