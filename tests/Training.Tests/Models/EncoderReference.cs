using System.Text.Json;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models;

/// <summary>The stored sentences, ids and embeddings of tests/reference/encoder.</summary>
internal static class EncoderReference
{
    private static readonly JsonElement Json = ReferenceData.Json("encoder", "encoder.json");

    public static string[] Sentences { get; } = [.. Json.GetProperty("sentences").EnumerateArray().Select(sentence => sentence.GetString()!)];

    public static int[][] Ids(string key = "ids") => Lists(Json.GetProperty(key));

    public static IEnumerable<(int MaxTokens, int[][] Ids)> Truncations()
        => Json.GetProperty("truncation").EnumerateObject().Select(pair => (int.Parse(pair.Name, System.Globalization.CultureInfo.InvariantCulture), Lists(pair.Value)));

    public static int[] HiddenStateRows() => [.. Json.GetProperty("hidden_state_rows").EnumerateArray().Select(row => row.GetInt32())];

    public static Tensor Tensor(string name)
    {
        using var reader = SafetensorsReader.Open(ReferenceData.PathOf("encoder", "encoder.safetensors"));
        return reader.Read(name);
    }

    public static EmbeddingModel Load(string name) => EmbeddingModel.Load(ReferenceData.PathOf("encoder", name));

    public static double MaxDifference(Tensor left, Tensor right)
    {
        using var scope = NewDisposeScope();
        return (left.to(ScalarType.Float64) - right.to(ScalarType.Float64)).abs().max().item<double>();
    }

    private static int[][] Lists(JsonElement lists)
        => [.. lists.EnumerateArray().Select(list => list.EnumerateArray().Select(id => id.GetInt32()).ToArray())];
}
