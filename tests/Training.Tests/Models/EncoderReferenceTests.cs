using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Models.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models;

public sealed class EncoderReferenceTests
{
    // The peer's own float32 noise is 4e-7, and 5e-7 between one batch and single texts.
    private const double Float32Tolerance = 1e-5;
    private const double Float64Tolerance = 1e-10;
    private const double PackingTolerance = 1e-6;

    [Theory]
    [InlineData("mini-mean", "mean")]
    [InlineData("mini-cls-norm", "cls_norm")]
    public void Encode_ReferenceSentencesInFloat32_GivesThePeersEmbeddings(string folder, string prefix)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = EncoderReference.Load(folder);

        var embeddings = model.Encoder.Encode(EncoderInput.From(EncoderReference.Ids()), dropout: null);

        Assert.InRange(EncoderReference.MaxDifference(embeddings, EncoderReference.Tensor($"{prefix}/encode_f32")), 0, Float32Tolerance);
        Assert.InRange(EncoderReference.MaxDifference(embeddings, EncoderReference.Tensor($"{prefix}/encode_one_by_one_f32")), 0, Float32Tolerance);
    }

    [Theory]
    [InlineData("mini-mean", "mean")]
    [InlineData("mini-cls-norm", "cls_norm")]
    public void Encode_ReferenceSentencesInFloat64_GivesThePeersEmbeddings(string folder, string prefix)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = EncoderReference.Load(folder);
        model.Encoder.to(ScalarType.Float64);

        var embeddings = model.Encoder.Encode(EncoderInput.From(EncoderReference.Ids()), dropout: null);

        Assert.Equal(ScalarType.Float64, embeddings.dtype);
        Assert.InRange(EncoderReference.MaxDifference(embeddings, EncoderReference.Tensor($"{prefix}/encode_f64")), 0, Float64Tolerance);
    }

    [Fact]
    public void Encode_PackedMicroBatch_EqualsTextsOneByOne()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = EncoderReference.Load("mini-mean");
        var texts = EncoderReference.Ids().OrderBy(ids => ids.Length).ToArray();

        var packed = model.Encoder.Encode(EncoderInput.From(texts), dropout: null);
        var single = cat([.. texts.Select(text => model.Encoder.Encode(EncoderInput.From([text]), dropout: null))], 0);

        Assert.InRange(EncoderReference.MaxDifference(packed, single), 0, PackingTolerance);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HiddenStates_ReferenceRows_AreThePeersInEveryLayer(bool isDouble)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = EncoderReference.Load("mini-mean");
        if (isDouble)
            model.Encoder.to(ScalarType.Float64);
        var tolerance = isDouble ? Float64Tolerance : Float32Tolerance;

        foreach (var (place, row) in EncoderReference.HiddenStateRows().Index())
        {
            var ids = EncoderReference.Ids()[row];
            var words = model.Encoder.get_parameter("embeddings.word_embeddings.weight")!;
            var layers = model.Encoder.HiddenStates(new EncoderPass(EncoderInput.From([ids]), model.Encoder.Config, words, null, allowsFused: true)).ToArray();

            Assert.Equal(3, layers.Length);
            foreach (var (layer, states) in layers.Index())
                AssertClose(states, $"hidden/layer{layer}_f64", place, ids.Length);
            AssertClose(layers[^1], isDouble ? "hidden/last_f64" : "hidden/last_f32", place, ids.Length);
        }

        void AssertClose(Tensor states, string name, int place, int length)
            => Assert.InRange(EncoderReference.MaxDifference(states, EncoderReference.Tensor(name)[place].narrow(0, 0, length)), 0, tolerance);
    }

    [Theory]
    [InlineData(PoolingMode.Mean, "mean", true)]
    [InlineData(PoolingMode.Cls, "cls", true)]
    [InlineData(PoolingMode.Max, "max", true)]
    [InlineData(PoolingMode.MeanSqrtLength, "mean_sqrt_len_tokens", true)]
    [InlineData(PoolingMode.WeightedMean, "weightedmean", true)]
    [InlineData(PoolingMode.LastToken, "lasttoken", true)]
    [InlineData(PoolingMode.Mean, "mean", false)]
    [InlineData(PoolingMode.Cls, "cls", false)]
    [InlineData(PoolingMode.Max, "max", false)]
    [InlineData(PoolingMode.MeanSqrtLength, "mean_sqrt_len_tokens", false)]
    [InlineData(PoolingMode.WeightedMean, "weightedmean", false)]
    [InlineData(PoolingMode.LastToken, "lasttoken", false)]
    public void Encode_EachPooling_IsThePeers(PoolingMode mode, string name, bool isDouble)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = EmbeddingModel.Load(ReferenceData.PathOf("encoder", "mini-mean"), new ModelOptions { Pooling = mode });
        if (isDouble)
            model.Encoder.to(ScalarType.Float64);

        var embeddings = model.Encoder.Encode(EncoderInput.From(EncoderReference.Ids()), dropout: null);

        var expected = EncoderReference.Tensor($"pool/{name}_f64");
        Assert.InRange(EncoderReference.MaxDifference(embeddings, expected), 0, isDouble ? Float64Tolerance : Float32Tolerance);
    }
}
