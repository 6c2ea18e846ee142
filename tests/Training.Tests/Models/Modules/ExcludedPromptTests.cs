using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Modules;

public sealed class ExcludedPromptTests
{
    private const double Tolerance = 1e-5;

    private static readonly int[][] Texts = [[2, 100, 3], [2, 7, 3], [2, 20, 30, 40, 3], [2, 21, 31, 41, 3], [2, 22, 32, 42, 3]];
    private static readonly int[] Excluded = [0, 3, 2, 0, 4];

    [Theory]
    [InlineData(PoolingMode.Mean)]
    [InlineData(PoolingMode.WeightedMean)]
    [InlineData(PoolingMode.Max)]
    [InlineData(PoolingMode.Cls)]
    public void Encode_TextsOfOneLengthWithDifferentPrompts_EqualsTextsOneByOne(PoolingMode pooling)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = EmbeddingModel.Load(ReferenceData.PathOf("encoder", "mini-mean"), new ModelOptions { Pooling = pooling });

        var packed = model.Encoder.Encode(EncoderInput.From(Texts, Excluded), dropout: null);
        var single = cat([.. Texts.Zip(Excluded, (text, excluded) => model.Encoder.Encode(EncoderInput.From([text], [excluded]), dropout: null))], 0);

        Assert.InRange(EncoderReference.MaxDifference(packed, single), 0, Tolerance);
    }

    [Fact]
    public void Backward_MeanByTheKernel_EqualsThatByOperators()
    {
        using var scope = NewDisposeScope();
        using var model = EmbeddingModel.Load(ReferenceData.PathOf("encoder", "mini-mean"));

        var (fused, plain) = (Gradient(model, isFused: true), Gradient(model, isFused: false));

        Assert.True(EncoderReference.MaxDifference(fused, zeros_like(fused)) > 0.01);
        Assert.InRange(EncoderReference.MaxDifference(fused, plain), 0, Tolerance * plain.abs().max().item<float>());
    }

    [Fact]
    public void Encode_CountsForOtherTexts_IsRefused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => EncoderInput.From(Texts, [1]));

    private static Tensor Gradient(EmbeddingModel model, bool isFused)
    {
        model.Encoder.AllowsFusedKernels = isFused;
        model.Encoder.zero_grad();
        model.Encoder.Encode(EncoderInput.From(Texts, Excluded), dropout: null).square().sum().backward();
        return model.Encoder.get_parameter("encoder.layer.0.attention.self.value.weight")!.grad!.clone();
    }
}
