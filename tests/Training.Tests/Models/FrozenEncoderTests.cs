using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models;

/// <summary>Frozen parameters: no gradient of their own, and not a bit of difference in those of the others.</summary>
public sealed class FrozenEncoderTests
{
    public static TheoryData<bool, string[]> Choices
    {
        get
        {
            string[][] patterns =
            [
                ["embeddings"], ["embeddings", "encoder.layer.0"], ["encoder.layer.1"], ["*.weight"], ["*.bias"], ["*LayerNorm*"], ["encoder.layer.?.attention.self.key"],
                ["embeddings.word_embeddings", "embeddings.LayerNorm.weight"], ["embeddings", "encoder.layer.0", "encoder.layer.1.attention"], ["embeddings", "encoder.layer.0.attention"],
                ["embeddings.*", "encoder.layer.0.attention.self.*"], ["encoder", "embeddings.word_embeddings"],
            ];
            var data = new TheoryData<bool, string[]>();
            foreach (var choice in patterns)
            {
                data.Add(true, choice);
                data.Add(false, choice);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void Backward_SomeFrozen_GivesTheOthersTheSameBits(bool allowsFused, string[] frozen)
    {
        using var scope = NewDisposeScope();
        using var whole = Load();
        using var model = Load();
        var (expected, expectedGradients) = EncoderGradients.EncodeAndDifferentiate(whole.Encoder, allowsFused);
        FrozenParameters.Freeze(model.Encoder, new ModelOptions { Freeze = [.. frozen] });

        var (actual, gradients) = EncoderGradients.EncodeAndDifferentiate(model.Encoder, allowsFused);

        Assert.Equal(0, EncoderReference.MaxDifference(expected, actual));
        var trained = model.Encoder.named_parameters().Where(entry => entry.parameter.requires_grad).Select(entry => entry.name).ToArray();
        Assert.InRange(trained.Length, 1, expectedGradients.Count - 1);
        Assert.Equal(trained.Order(), gradients.Keys.Order());
        Assert.All(gradients, pair => Assert.True(EncoderReference.MaxDifference(expectedGradients[pair.Key], pair.Value) == 0, pair.Key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HiddenStates_OfFrozenLayers_HaveNoGraph(bool allowsFused)
    {
        using var scope = NewDisposeScope();
        using var model = Load();
        FrozenParameters.Freeze(model.Encoder, new ModelOptions { FreezeLayers = 1 });
        var pass = new EncoderPass(
            EncoderGradients.Input(), model.Encoder.Config, model.Encoder.Tokens.WordTable, EncoderGradients.Key, allowsFused);

        Assert.Equal([false, false, true], model.Encoder.HiddenStates(pass).Select(states => states.requires_grad));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 21)]
    public void Freeze_Layers_TakesEmbeddingsAndTheFirstLayers(int layers, int frozen)
    {
        using var model = Load();

        FrozenParameters.Freeze(model.Encoder, new ModelOptions { FreezeLayers = layers });

        var names = model.Encoder.named_parameters().Where(entry => !entry.parameter.requires_grad).Select(entry => entry.name).ToArray();
        Assert.Equal(frozen, names.Length);
        Assert.All(names, name => Assert.Matches(layers == 0 ? "^embeddings" : @"^(embeddings|encoder\.layer\.0)\.", name));
    }

    [Fact]
    public void Freeze_WhatCannotBe_IsRefused()
    {
        using var model = Load();

        Assert.Equal(
            "model.freeze: 'encoder.layers.0.*' matches no parameter of the model; the nearest names are encoder.layer.0, encoder.layer.1, encoder.layer",
            Refusal(new ModelOptions { Freeze = ["encoder.layers.0.*"] }));
        Assert.Equal("model.freeze_layers is 3, but the encoder has 2 layers", Refusal(new ModelOptions { FreezeLayers = 3 }));
        Assert.Equal("model.freeze and model.freeze_layers leave nothing of the model to train", Refusal(new ModelOptions { FreezeLayers = 2 }));

        string Refusal(ModelOptions options) => Assert.Throws<JobConflictException>(() => FrozenParameters.Freeze(model.Encoder, options)).Message;
    }

    [Fact]
    public void Backward_FrozenRepeated_KeepsNoTensor()
    {
        using var model = Load();
        FrozenParameters.Freeze(model.Encoder, new ModelOptions { Freeze = ["*.bias", "embeddings"] });
        Step();
        Step();
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var step = 0; step < 10; step++)
            Step();

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step()
        {
            using var scope = NewDisposeScope();
            model.Encoder.Encode(EncoderGradients.Input(), EncoderGradients.Key).sum().backward();
        }
    }

    private static EmbeddingModel Load() => EmbeddingModel.Load(ReferenceData.PathOf("encoder", "mini-mean"), new ModelOptions { Dropout = 0.1 });
}
