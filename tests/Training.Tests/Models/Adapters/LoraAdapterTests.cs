using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Training.Models;
using Distributed.Training.Models.Adapters;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Adapters;

public sealed class LoraAdapterTests
{
    // float32 rounding over two layers.
    private const double ForwardTolerance = 5e-6;
    private const double GradientTolerance = 5e-5;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.2, 0.1)]
    public void Encode_WithKernels_EqualsOperators(double adapterDropout, double dropout)
    {
        using var scope = NewDisposeScope();
        using var model = AdapterCases.Load(AdapterCases.Everywhere with { Dropout = adapterDropout }, dropout);

        var (fused, fusedGradients) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused: true);
        var (plain, plainGradients) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused: false);

        Assert.InRange(EncoderReference.MaxDifference(fused, plain), 0, ForwardTolerance);
        Assert.Equal(plainGradients.Keys.Order(), fusedGradients.Keys.Order());
        Assert.Equal(2 * 6 * 2, plainGradients.Count); // A and B of six maps in two layers
        foreach (var (name, gradient) in plainGradients)
        {
            var scale = Math.Max(1, gradient.abs().max().item<float>());
            Assert.True(EncoderReference.MaxDifference(fusedGradients[name], gradient) <= GradientTolerance * scale, name);
        }
    }

    [Theory]
    [InlineData("encoder.layer.0.attention.self.query")]
    [InlineData("encoder.layer.1.attention.output.dense")]
    [InlineData("encoder.layer.0.intermediate.dense")]
    public void Backward_Float64_GivesTheSlope(string map)
    {
        const double Step = 1e-6;
        const double Tolerance = 1e-7; // of central differences with that step, in float64
        using var scope = NewDisposeScope();
        using var model = AdapterCases.Load(AdapterCases.Everywhere);
        model.Encoder.to(ScalarType.Float64);
        var (_, gradients) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused: false);
        using var withoutGraph = no_grad();

        foreach (var name in new[] { $"{map}.lora_A.weight", $"{map}.lora_B.weight" })
        {
            var direction = linspace(0, 5, gradients[name].numel(), dtype: ScalarType.Float64).cos().view(gradients[name].shape);
            var slope = (Value(model, name, direction * Step) - Value(model, name, direction * -Step)) / (2 * Step);
            Assert.Equal(slope, (gradients[name] * direction).sum().item<double>(), Tolerance * Math.Max(1, Math.Abs(slope)));
        }
    }

    [Fact]
    public void Encode_Float64_EqualsTheMergedModel()
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        using var model = AdapterCases.Load(AdapterCases.Everywhere with { UseRslora = true });
        using var merged = EncoderReference.Load("mini-mean");
        model.Encoder.to(ScalarType.Float64);
        merged.Encoder.to(ScalarType.Float64);
        foreach (var (name, weight) in MergedWeights.Of(model.Encoder, model.Adapter))
            merged.Encoder.get_parameter(name)!.copy_(weight);

        var expected = merged.Encoder.Encode(EncoderGradients.Input(), dropout: null);

        Assert.InRange(EncoderReference.MaxDifference(model.Encoder.Encode(EncoderGradients.Input(), dropout: null), expected), 0, 1e-12);
        using var bare = EncoderReference.Load("mini-mean");
        Assert.True(EncoderReference.MaxDifference(bare.Encoder.Encode(EncoderGradients.Input(), dropout: null), expected) > 1e-2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Encode_InBFloat16_StaysNearFloat32(bool allowsFused)
    {
        using var scope = NewDisposeScope();
        using var model = AdapterCases.Load(AdapterCases.Everywhere);
        var (expected, expectedGradients) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused);

        var (actual, gradients) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused, Precision.BFloat16);

        Assert.InRange(EncoderReference.MaxDifference(actual, expected), 1e-5, 5e-2); // the bound of a model without adapters
        foreach (var (name, gradient) in expectedGradients.Where(pair => !pair.Key.Contains(".key.", StringComparison.Ordinal)))
        {
            Assert.Equal(ScalarType.Float32, gradients[name].dtype);
            var cosine = ((gradient * gradients[name]).sum() / (gradient.norm() * gradients[name].norm())).item<float>();
            Assert.True(cosine > 0.999, $"{name} turns to a cosine of {cosine}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Create_New_LeavesEmbeddingsAsTheyWere(bool allowsFused)
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        using var bare = EmbeddingModel.Load(AdapterCases.Folder, new ModelOptions { Dropout = 0.1 });
        using var model = EmbeddingModel.Load(AdapterCases.Folder, new ModelOptions { Dropout = 0.1 });
        (bare.Encoder.AllowsFusedKernels, model.Encoder.AllowsFusedKernels) = (allowsFused, allowsFused);

        model.Adapter = LoraAdapter.Create(model.Encoder, AdapterCases.Everywhere, seed: 1);

        // Adapters draw dropout masks of their own and leave the others alone: nothing differs while B is 0.
        Assert.Equal(0, EncoderReference.MaxDifference(
            bare.Encoder.Encode(EncoderGradients.Input(), EncoderGradients.Key), model.Encoder.Encode(EncoderGradients.Input(), EncoderGradients.Key)));
    }

    [Fact]
    public void Create_Seed_NamesTheMatrices()
    {
        static float[] First(int seed)
        {
            using var model = EncoderReference.Load("mini-mean");
            return LoraAdapter.Create(model.Encoder, new LoraOptions(), seed).Maps.Values.First().Update!.Down.Weight.data<float>().ToArray();
        }

        var numbers = First(1);

        Assert.Equal(numbers, First(1));
        Assert.NotEqual(numbers, First(2));
        var bound = (float)(1 / Math.Sqrt(numbers.Length / 8));
        Assert.All(numbers, number => Assert.InRange(number, -bound, bound));
        Assert.InRange(numbers.Max(), 0.9f * bound, bound);
        Assert.InRange(numbers.Average(), -0.1 * bound, 0.1 * bound);
    }

    [Fact]
    public void Create_Defaults_AdaptsQueriesAndValuesAndTrainsNothingElse()
    {
        using var model = EncoderReference.Load("mini-mean");

        var adapter = LoraAdapter.Create(model.Encoder, new LoraOptions(), seed: 1);

        Assert.Equal(
            ["encoder.layer.0.attention.self.query", "encoder.layer.0.attention.self.value", "encoder.layer.1.attention.self.query", "encoder.layer.1.attention.self.value"],
            adapter.Maps.Keys);
        Assert.Equal(1, adapter.Config.Scale);
        Assert.All(model.Encoder.named_parameters(), entry => Assert.Equal(entry.name.Contains("lora_", StringComparison.Ordinal), entry.parameter.requires_grad));
    }

    [Fact]
    public void Create_TargetThatMatchesNothing_NamesTheNearest()
    {
        using var model = EncoderReference.Load("mini-mean");

        var failure = Assert.Throws<JobConflictException>(() => LoraAdapter.Create(model.Encoder, new LoraOptions { Targets = ["encoder.layer.1.output.dens"] }, seed: 1));

        Assert.StartsWith("model.lora.targets: 'encoder.layer.1.output.dens' matches no linear map of the model; the nearest names are encoder.layer.1.output.dense, ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Encode_AndBackwardRepeated_KeepsNoTensor(bool allowsFused)
    {
        using var model = AdapterCases.Load(AdapterCases.Everywhere, dropout: 0.1);
        Step(model, allowsFused);
        Step(model, allowsFused);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var step = 0; step < 10; step++)
            Step(model, allowsFused);

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void Step(EmbeddingModel model, bool allowsFused)
    {
        using var scope = NewDisposeScope();
        model.Encoder.AllowsFusedKernels = allowsFused;
        model.Encoder.Encode(EncoderGradients.Input(), EncoderGradients.Key).sum().backward();
    }

    private static double Value(EmbeddingModel model, string name, Tensor change)
    {
        using var scope = NewDisposeScope();
        var parameter = model.Encoder.get_parameter(name)!;
        parameter.add_(change);
        var embeddings = model.Encoder.Encode(EncoderGradients.Input(), EncoderGradients.Key);
        parameter.sub_(change);
        return (embeddings * linspace(-1, 1, embeddings.numel(), dtype: embeddings.dtype).view(embeddings.shape).sin()).sum().item<double>();
    }
}
