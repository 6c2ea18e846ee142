using Distributed.Jobs;
using Distributed.Training.Models;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Optimization;
using Distributed.Training.Tests.Models;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Steps;

/// <summary>bfloat16 products over float32 weights: the working copy, and how near training stays to float32.</summary>
public sealed class MixedPrecisionTests
{
    private const int Steps = 12;

    // A bfloat16 number is off by at most 2⁻⁹ of itself. The terms of a product are off in both directions and average out, and what goes past the products
    // (residuals, layer norms, attention) is float32: an embedding turns by less than one such rounding, which is half its square in the cosine.
    // Measured: 4e-7.
    private const double CosineBound = 1.0 / (1 << 18);

    // Scores are 20 times a cosine; errors of single scores, 20 · 2⁻⁹ = 0.04 at most, have both signs and average over the batch's 45 × 90 scores to about
    // 0.04 / √4050 = 6e-4. Measured over these steps: 1.5e-4, without growth.
    private const double LossBound = 1e-3;

    [Fact]
    public async Task Training_InBFloat16_FollowsFloat32()
    {
        var (losses, embeddings) = await TrainAsync(Precision.Float32);
        var (losses16, embeddings16) = await TrainAsync(Precision.BFloat16);

        Assert.All(losses.Zip(losses16), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, LossBound));
        Assert.NotEqual(losses, losses16);
        Assert.True(losses[0] - losses[^1] > 1, $"the loss falls from {losses[0]} to {losses[^1]} only: nothing is learned that could be compared");
        using var cosines = nn.functional.cosine_similarity(embeddings, embeddings16, 1, 1e-8);
        Assert.InRange(cosines.min().item<float>(), 1 - CosineBound, 1 + 1e-6);
        embeddings.Dispose();
        embeddings16.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Copy_OfTheWeights_GivesTheBitsOfACast(bool allowsFused)
    {
        using var scope = NewDisposeScope();
        using var cast = EncoderReference.Load("mini-mean");
        using var copied = EncoderReference.Load("mini-mean");
        FrozenParameters.Freeze(cast.Encoder, new ModelOptions { Freeze = ["encoder.layer.0"] });
        FrozenParameters.Freeze(copied.Encoder, new ModelOptions { Freeze = ["encoder.layer.0"] });
        using var parameters = new FlatParameters(copied.Encoder);
        using var copy = new BFloat16Copy(copied.Encoder, parameters);

        var (expected, expectedGradients) = EncoderGradients.EncodeAndDifferentiate(cast.Encoder, allowsFused, Precision.BFloat16);
        parameters.UseGradient(0);
        var (actual, gradients) = EncoderGradients.EncodeAndDifferentiate(copied.Encoder, allowsFused, Precision.BFloat16);

        Assert.Equal(0, EncoderReference.MaxDifference(expected, actual));
        Assert.All(expectedGradients, pair => Assert.Equal(0, EncoderReference.MaxDifference(pair.Value, gradients[pair.Key])));
    }

    [Fact]
    public void Refresh_ChangedWeights_AreTakenOver()
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        using var model = EncoderReference.Load("mini-mean");
        using var parameters = new FlatParameters(model.Encoder);
        var before = model.Encoder.Encode(EncoderGradients.Input(), dropout: null, Precision.BFloat16);
        using (var copy = new BFloat16Copy(model.Encoder, parameters))
        {
            var maps = model.Encoder.modules().OfType<Weights>().Where(map => map.IsLinear).ToArray();
            Assert.Equal(12, maps.Length);
            Assert.All(maps, map => Assert.Equal(ScalarType.BFloat16, map.Copy!.Weight.dtype));

            parameters.Values.mul_(2);
            var stale = maps[0].Copy!.Weight.clone();
            copy.Refresh();

            Assert.Equal(0, EncoderReference.MaxDifference(stale * 2, maps[0].Copy!.Weight));
            Assert.Equal(0, EncoderReference.MaxDifference(maps[0].Weight.to(ScalarType.BFloat16), maps[0].Copy!.Weight));
        }

        parameters.Values.div_(2);
        Assert.Equal(0, EncoderReference.MaxDifference(before, model.Encoder.Encode(EncoderGradients.Input(), dropout: null, Precision.BFloat16)));
    }

    [Fact]
    public void KeepBFloat16_Model_GivesTheBitsOfACast()
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        using var cast = EncoderReference.Load("mini-mean");
        using var kept = EncoderReference.Load("mini-mean");

        kept.KeepBFloat16();

        Assert.All(kept.Encoder.modules().OfType<Weights>().Where(map => map.IsLinear), map => Assert.NotNull(map.Copy));
        Assert.Equal(0, EncoderReference.MaxDifference(
            cast.Encoder.Encode(EncoderGradients.Input(), dropout: null, Precision.BFloat16), kept.Encoder.Encode(EncoderGradients.Input(), dropout: null, Precision.BFloat16)));
    }

    [Fact]
    public async Task Import_InBFloat16_ContinuesToTheSameBits()
    {
        var job = TrainerJobs.Pairs with { Precision = Precision.BFloat16 };
        using var original = new TrainerRanks(job, [7]);
        await original.StepAsync(TestContext.Current.CancellationToken);
        using var joiner = new TrainerRanks(job, [7]);
        joiner.Import(original.States()[0]);

        await original.StepAsync(TestContext.Current.CancellationToken);
        await joiner.StepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(original.States()[0], joiner.States()[0]);
    }

    private static async Task<(double[] Losses, Tensor Embeddings)> TrainAsync(Precision precision)
    {
        using var ranks = new TrainerRanks(TrainerJobs.Pairs with { Precision = precision }, [7]);
        var losses = new double[Steps];
        for (var step = 0; step < Steps; step++)
            losses[step] = (await ranks.StepAsync(TestContext.Current.CancellationToken))[0].Loss;
        return (losses, Encode(ranks.Trainers[0].Model, precision));
    }

    private static Tensor Encode(EmbeddingModel model, Precision precision)
    {
        using var withoutGraph = no_grad();
        var texts = EncoderReference.Sentences.Select(model.Tokenize).OrderBy(ids => ids.Length).ToArray();
        return model.Encoder.Encode(EncoderInput.From(texts), dropout: null, precision);
    }
}
