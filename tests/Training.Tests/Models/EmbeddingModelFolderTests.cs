using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models;

public sealed class EmbeddingModelFolderTests
{
    private static readonly ModelOptions Tiny = new()
    {
        New = new NewModelOptions
        {
            Vocabulary = ReferenceData.PathOf("encoder", "mini-mean", "vocab.txt"),
            Layers = 1,
            HiddenSize = 32,
            Heads = 2,
            IntermediateSize = 64,
            MaxPositions = 32,
        },
    };

    [Theory]
    [InlineData("mini-mean")]
    [InlineData("mini-cls-norm")]
    public void Save_LoadedModel_WritesTheSameWeightsByteForByte(string name)
    {
        using var folder = new TemporaryFolder();
        using var model = EncoderReference.Load(name);

        model.Save(folder.PathOf("saved"), "# A card\n");

        Assert.Equal(
            File.ReadAllBytes(ReferenceData.PathOf("encoder", name, "model.safetensors")),
            File.ReadAllBytes(folder.PathOf("saved", "model.safetensors")));
        Assert.Equal("# A card\n", File.ReadAllText(folder.PathOf("saved", "README.md")));
        Assert.Equal([folder.PathOf("saved")], Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("mini-mean")]
    [InlineData("mini-cls-norm")]
    public void Save_LoadedAgain_GivesTheSameEmbeddings(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var folder = new TemporaryFolder();
        using var model = EncoderReference.Load(name);
        model.Save(folder.PathOf("saved"), "");
        using var again = EmbeddingModel.Load(folder.PathOf("saved"));
        var input = EncoderInput.From([.. EncoderReference.Sentences.Select(again.Tokenize)]);

        Assert.Equal(EncoderReference.Ids().SelectMany(ids => ids), input.TokenIds);
        Assert.Equal(0, EncoderReference.MaxDifference(model.Encoder.Encode(input, null), again.Encoder.Encode(input, null)));
    }

    [Fact]
    public void Create_SameSeed_GivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();

        foreach (var (name, seed) in new[] { ("a", 7), ("b", 7), ("c", 8) })
        {
            using var model = EmbeddingModel.Create(Tiny, seed);
            model.Save(folder.PathOf(name), "");
        }

        var files = new[] { "a", "b", "c" }.Select(name => File.ReadAllBytes(folder.PathOf(name, "model.safetensors"))).ToArray();
        Assert.Equal(files[0], files[1]);
        Assert.NotEqual(files[0], files[2]);
    }

    [Fact]
    public void Create_Weights_AreNormalWithDeviationTwoHundredths()
    {
        using var scope = NewDisposeScope();
        using var model = EmbeddingModel.Create(Tiny, seed: 1);
        var words = model.Encoder.get_parameter("embeddings.word_embeddings.weight")!;

        Assert.InRange(words.mean().item<float>(), -0.0005, 0.0005);
        Assert.InRange(words.std().item<float>(), 0.0195, 0.0205);
        Assert.Equal(1, model.Encoder.get_parameter("embeddings.LayerNorm.weight")!.min().item<float>());
        Assert.Equal(0, model.Encoder.get_parameter("encoder.layer.0.output.dense.bias")!.abs().max().item<float>());
    }

    [Fact]
    public void Load_LegacyFolder_TakesItsLengthAndFlags()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var folder = new TemporaryFolder();
        var path = folder.Copy(ReferenceData.PathOf("encoder", "mini-mean"), "model");
        folder.Copy(ReferenceData.PathOf("encoder", "legacy-config"), "model");
        using var model = EmbeddingModel.Load(path);
        using var reader = SafetensorsReader.Open(ReferenceData.PathOf("encoder", "legacy-config", "legacy.safetensors"));

        var embeddings = model.Encoder.Encode(EncoderInput.From([.. EncoderReference.Sentences.Select(model.Tokenize)]), dropout: null);

        Assert.Equal(24, model.MaxTokens);
        Assert.InRange(EncoderReference.MaxDifference(embeddings, reader.Read("legacy/encode_f32")), 0, 1e-5);
    }

    [Fact]
    public void Encoder_ParameterNames_AreThoseOfTheCheckpointWithoutThePooler()
    {
        using var model = EncoderReference.Load("mini-mean");
        using var reader = SafetensorsReader.Open(ReferenceData.PathOf("encoder", "mini-mean", "model.safetensors"));

        Assert.Equal(
            reader.Tensors.Select(tensor => tensor.Name).Where(name => !name.StartsWith("pooler", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            model.Encoder.named_parameters().Select(pair => pair.name).Order(StringComparer.Ordinal));
        Assert.All(model.Encoder.parameters(), parameter => Assert.True(parameter.requires_grad));
    }
}
