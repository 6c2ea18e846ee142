using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models;

/// <summary>The vectorised kernels against libtorch's operators: the same maths twice, the same dropout masks.</summary>
public sealed class FusedKernelTests
{
    // float32 rounding over two layers; gradients reach 10 here.
    private const double ForwardTolerance = 5e-6;
    private const double GradientTolerance = 5e-5;

    // The peer's own bfloat16 is off by 1.4e-2 on such a model.
    private const double BFloat16Tolerance = 5e-2;

    public static TheoryData<PoolingMode, bool, double> Variants => new()
    {
        { PoolingMode.Mean, false, 0 },
        { PoolingMode.Mean, true, 0.1 },
        { PoolingMode.Cls, false, 0.3 },
        { PoolingMode.Max, false, 0.1 },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Encode_WithKernels_EqualsOperators(PoolingMode pooling, bool normalize, double dropout)
    {
        using var scope = NewDisposeScope();
        using var model = Load(pooling, normalize, dropout);
        var (fused, fusedGradients) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused: true);
        var (plain, plainGradients) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused: false);

        Assert.InRange(EncoderReference.MaxDifference(fused, plain), 0, ForwardTolerance);
        foreach (var (name, gradient) in plainGradients)
        {
            var scale = Math.Max(1, gradient.abs().max().item<float>());
            Assert.True(
                EncoderReference.MaxDifference(fusedGradients[name], gradient) <= GradientTolerance * scale,
                $"{name} differs by {EncoderReference.MaxDifference(fusedGradients[name], gradient)} of {scale}");
        }
    }

    [Fact]
    public void Encode_WithoutGraph_GivesTheBitsOfTheGraph()
    {
        using var scope = NewDisposeScope();
        using var model = Load(PoolingMode.Mean, normalize: true, dropout: 0.1);

        var withGraph = model.Encoder.Encode(EncoderGradients.Input(), EncoderGradients.Key);
        using var noGrad = no_grad();
        var without = model.Encoder.Encode(EncoderGradients.Input(), EncoderGradients.Key);

        Assert.True(withGraph.requires_grad);
        Assert.False(without.requires_grad);
        Assert.Equal(withGraph.detach().data<float>().ToArray(), without.data<float>().ToArray());
    }

    [Fact]
    public void Backward_Twice_AddsUpGradients()
    {
        using var scope = NewDisposeScope();
        using var model = Load(PoolingMode.Mean, normalize: false, dropout: 0);
        var (_, once) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused: true);

        model.Encoder.Encode(EncoderGradients.Input(), EncoderGradients.Key).sum().backward();
        model.Encoder.zero_grad();
        foreach (var _ in Enumerable.Range(0, 2))
            EncoderGradients.Backward(model.Encoder.Encode(EncoderGradients.Input(), EncoderGradients.Key));

        foreach (var (name, parameter) in model.Encoder.named_parameters())
            Assert.InRange(EncoderReference.MaxDifference(parameter.grad!, once[name] * 2), 0, 1e-3);
    }

    [Theory]
    [InlineData("encoder.layer.0.attention.self.key.bias")]
    [InlineData("encoder.layer.1.intermediate.dense.weight")]
    public void Encode_WithANonFiniteWeight_IsNotFinite(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = Load(PoolingMode.Mean, normalize: false, dropout: 0);
        model.Encoder.get_parameter(name)!.view(-1)[5] = float.NaN;

        Assert.All(model.Encoder.Encode(EncoderGradients.Input(), dropout: null).sum(1).data<float>().ToArray(), sum => Assert.True(float.IsNaN(sum)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Encode_InBFloat16_StaysNearFloat32(bool allowsFused)
    {
        using var scope = NewDisposeScope();
        using var model = Load(PoolingMode.Mean, normalize: false, dropout: 0.1);
        var (expected, expectedGradients) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused);

        var (actual, gradients) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused, Precision.BFloat16);

        Assert.Equal(ScalarType.Float32, actual.dtype);
        Assert.InRange(EncoderReference.MaxDifference(actual, expected), 1e-5, BFloat16Tolerance);
        foreach (var (name, gradient) in expectedGradients.Where(pair => !pair.Key.EndsWith("key.bias", StringComparison.Ordinal)))
        {
            Assert.Equal(ScalarType.Float32, gradients[name].dtype);
            Assert.True(Cosine(gradient, gradients[name]) > 0.999, $"{name} turns to a cosine of {Cosine(gradient, gradients[name])}");
        }
    }

    [Fact]
    public void Encode_InBFloat16WithKernels_GivesTheSameBitsAgain()
    {
        using var scope = NewDisposeScope();
        using var model = Load(PoolingMode.Mean, normalize: false, dropout: 0.1);

        var (first, firstGradients) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused: true, Precision.BFloat16);
        var (second, secondGradients) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused: true, Precision.BFloat16);

        Assert.Equal(0, EncoderReference.MaxDifference(first, second));
        Assert.All(firstGradients, pair => Assert.Equal(0, EncoderReference.MaxDifference(pair.Value, secondGradients[pair.Key])));
    }

    private static double Cosine(Tensor left, Tensor right)
        => ((left * right).sum() / (left.norm() * right.norm())).item<float>();

    private static EmbeddingModel Load(PoolingMode pooling, bool normalize, double dropout)
        => EmbeddingModel.Load(
            ReferenceData.PathOf("encoder", "mini-mean"), new ModelOptions { Pooling = pooling, Normalize = normalize, Dropout = dropout });
}
