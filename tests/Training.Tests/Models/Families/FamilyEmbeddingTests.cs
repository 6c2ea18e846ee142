using Distributed.Training.Models;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Families;

/// <summary>States and embeddings of every family against what the peer computes with the same weights.</summary>
public sealed class FamilyEmbeddingTests
{
    // The peer's own float32 is off by 2e-6 at most, two double implementations by 7e-15.
    private const double Float32Tolerance = 1e-5;
    private const double Float64Tolerance = 1e-12;
    private const double PackingTolerance = 5e-6;

    public static TheoryData<string> WithHiddenStates => ["roberta", "xlm-r", "mpnet", "distilbert", "modernbert", "bert-variants/gelu-new", "bert-variants/relu-max"];

    public static TheoryData<string> Variants => ["bert-variants/gelu-new", "bert-variants/relu-max", "bert-variants/float16", "bert-variants/bfloat16", "bert-variants/sharded"];

    public static TheoryData<string> Families => ["roberta", "xlm-r", "mpnet", "distilbert", "modernbert"];

    [Theory]
    [MemberData(nameof(WithHiddenStates))]
    public void HiddenStates_InFloat64_AreThePeersInEveryLayer(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var reference = new FamilyReference(name);
        using var encoder = reference.LoadEncoder(isDouble: true);

        foreach (var (place, row) in reference.HiddenRows.Index())
        {
            var ids = reference.Ids[row];
            var layers = FamilyReference.HiddenStates(encoder, ids);

            Assert.Equal(encoder.Config.Layers + 1, layers.Length);
            foreach (var (layer, states) in layers.Index())
                Assert.InRange(EncoderReference.MaxDifference(states, reference.Tensor($"hidden/layer{layer}_f64")[place].narrow(0, 0, ids.Length)), 0, reference.Float64Tolerance(Float64Tolerance));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    [MemberData(nameof(Variants))]
    public void Encode_InFloat64_GivesThePeersEmbeddings(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var reference = new FamilyReference(name);
        using var encoder = reference.LoadEncoder(isDouble: true);

        var embeddings = encoder.Encode(EncoderInput.From(reference.Ids), dropout: null);

        Assert.Equal(ScalarType.Float64, embeddings.dtype);
        Assert.InRange(EncoderReference.MaxDifference(embeddings, reference.Tensor("encode_f64")), 0, reference.Float64Tolerance(Float64Tolerance));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Encode_InFloat32_GivesThePeersEmbeddings(string name) => AssertFloat32(name, "encode_f32", "encode_one_by_one_f32");

    [Theory]
    [MemberData(nameof(Variants))]
    public void Encode_VariantInFloat32_GivesThePeersEmbeddings(string name) => AssertFloat32(name, "encode_upcast_f32");

    [Theory]
    [MemberData(nameof(Families))]
    public void Encode_PackedMicroBatch_EqualsTextsOneByOne(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var reference = new FamilyReference(name);
        using var encoder = reference.LoadEncoder();
        var texts = reference.Ids.OrderBy(ids => ids.Length).ToArray();

        var packed = encoder.Encode(EncoderInput.From(texts), dropout: null);
        var single = cat([.. texts.Select(text => encoder.Encode(EncoderInput.From([text]), dropout: null))], 0);

        Assert.InRange(EncoderReference.MaxDifference(packed, single), 0, PackingTolerance);
    }

    private static void AssertFloat32(string name, params string[] expected)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var reference = new FamilyReference(name);
        foreach (var allowsFused in new[] { true, false })
        {
            using var encoder = reference.LoadEncoder(allowsFused);

            var embeddings = encoder.Encode(EncoderInput.From(reference.Ids), dropout: null);

            Assert.Equal(allowsFused && name != "modernbert", encoder.IsFused);
            Assert.All(expected, tensor => Assert.InRange(EncoderReference.MaxDifference(embeddings, reference.Tensor(tensor)), 0, Float32Tolerance));
        }
    }
}
