using Distributed.Testing;
using Distributed.Training.Models;

namespace Distributed.Training.Tests.Models.Folders;

public sealed class ModuleWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_ModuleWithAnIndex_ReadsTheFilesThatItNames()
    {
        var original = new FamilyReference("bert-variants/dense").Folder;
        var split = _folder.Copy(original, "model");
        var dense = Path.Combine(split, "2_Dense");
        File.Move(Path.Combine(dense, "model.safetensors"), Path.Combine(dense, "model-00001-of-00001.safetensors"));
        File.WriteAllText(
            Path.Combine(dense, "model.safetensors.index.json"),
            """{"weight_map": {"linear.weight": "model-00001-of-00001.safetensors", "linear.bias": "model-00001-of-00001.safetensors"}}""");

        using var expected = EmbeddingModel.Load(original);
        using var read = EmbeddingModel.Load(split);

        foreach (var (name, parameter) in expected.Encoder.named_parameters())
            Assert.Equal(0, EncoderReference.MaxDifference(parameter, read.Encoder.get_parameter(name)!));
    }
}
