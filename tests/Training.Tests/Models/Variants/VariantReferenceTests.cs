using Distributed.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Variants;

/// <summary>Poolings and modules against the peer, on the bert-variants of tests/reference/families.</summary>
public sealed class VariantReferenceTests
{
    // The peer's own float32 differs from double by up to 2e-6 in these models.
    private const double Float32Tolerance = 1e-5;
    private const double Float64Tolerance = 1e-12;

    public static TheoryData<string> Variants => [.. FamilyReference.All.Where(name => name.StartsWith("bert-variants/", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Variants))]
    public void Encode_Float32_GivesThePeersEmbeddings(string name) => AssertEncodes(name, ScalarType.Float32, "encode_upcast_f32", Float32Tolerance);

    [Theory, MemberData(nameof(Variants))]
    public void Encode_Float64_GivesThePeersEmbeddings(string name) => AssertEncodes(name, ScalarType.Float64, "encode_f64", Float64Tolerance);

    [Theory]
    [InlineData("bert-variants/dense", 20)]
    [InlineData("bert-variants/several-poolings", 96)]
    [InlineData("bert-variants/lasttoken", 32)]
    public void Dim_OfTheEncoder_IsThatOfTheLastModule(string name, int dim)
    {
        using var model = EmbeddingModel.Load(new FamilyReference(name).Folder);

        Assert.Equal((dim, dim), (model.Encoder.Dim, model.Dim));
    }

    private static void AssertEncodes(string name, ScalarType type, string stored, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var reference = new FamilyReference(name);
        using var model = EmbeddingModel.Load(reference.Folder);
        model.Encoder.to(type);
        var prompt = model.Prompt(name: null); // encode_* of the folder with prompts is with its default prompt

        foreach (var fused in (ReadOnlySpan<bool>)[true, false])
        {
            model.Encoder.AllowsFusedKernels = fused;
            var embeddings = Encode(model, reference.Sentences, prompt);

            Assert.Equal(type, embeddings.dtype);
            Assert.InRange(EncoderReference.MaxDifference(embeddings, reference.Tensor(stored)), 0, tolerance);
        }
    }

    internal static Tensor Encode(EmbeddingModel model, IEnumerable<string> texts, string prompt)
    {
        int[][] tokens = [.. texts.Select(text => model.Tokenize(text, prompt))];
        return model.Encoder.Encode(EncoderInput.From(tokens, [.. tokens.Select(_ => model.TokensNotPooled(prompt))]), dropout: null);
    }
}
