using System.Text.Json;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Variants;

/// <summary>A folder of tests/reference/families: a model, and what the peer computes with it.</summary>
/// <param name="name">Its path there: `bert-variants/dense`.</param>
internal sealed class FamilyReference(string name)
{
    private readonly string _folder = ReferenceData.PathOf("families", name);

    /// <summary>Every folder with a model.</summary>
    public static IEnumerable<string> Names { get; } =
        [.. Directory.EnumerateFiles(ReferenceData.PathOf("families"), "modules.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(ReferenceData.PathOf("families"), Path.GetDirectoryName(Path.GetDirectoryName(file))!).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    public JsonElement Json { get; } = ReferenceData.Json("families", name, "expected.json");

    public string Model => Path.Combine(_folder, "model");

    public string[] Sentences => [.. Json.GetProperty("sentences").EnumerateArray().Select(sentence => sentence.GetString()!)];

    public static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    public Tensor Tensor(string tensor)
    {
        using var reader = SafetensorsReader.Open(Path.Combine(_folder, "expected.safetensors"));
        return reader.Read(tensor);
    }

    public IEnumerable<string> Tensors()
    {
        using var reader = SafetensorsReader.Open(Path.Combine(_folder, "expected.safetensors"));
        return [.. reader.Tensors.Select(tensor => tensor.Name)];
    }

    /// <summary>Loads the model, or a changed copy of it; skips the test where its encoder or tokenizer is none of those that are supported.</summary>
    public EmbeddingModel LoadOrSkip(string? folder = null, ModelOptions? overrides = null)
    {
        var type = ReferenceData.Json("families", name, "model", "config.json").GetProperty("model_type").GetString()!;
        Assert.SkipUnless(EncoderFamily.All.Any(family => family.ModelType == type), $"no encoder of the family {type}");
        try
        {
            return EmbeddingModel.Load(folder ?? Model, overrides);
        }
        catch (ModelFormatException failure) when (failure.Reason.Contains("support", StringComparison.Ordinal))
        {
            Assert.Skip(failure.Message);
            throw;
        }
    }
}
