using Distributed.Jobs;
using Distributed.Training.Models;
using Distributed.Training.Models.Adapters;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Optimization;
using Distributed.Training.Tests.Models.Adapters;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Families;

/// <summary>Adapters, frozen layers and the bfloat16 copy of families that are built otherwise than BERT: relative positions, a joint map of attention.</summary>
public sealed class FamilyChoiceTests
{
    private const double ForwardTolerance = 1e-5;  // float32 rounding over three layers, embeddings of up to 4
    private const double GradientTolerance = 1e-4;

    private static readonly DropoutKey Key = new(Seed: 1, Step: 2, Shard: 3, MicroBatch: 4);

    public static TheoryData<string> Families => ["mpnet", "modernbert", "distilbert"];

    [Theory]
    [InlineData("mpnet", "q", "v")]
    [InlineData("modernbert", "Wqkv")]
    [InlineData("distilbert", "q_lin", "v_lin")]
    public void Create_Defaults_AdaptsQueriesAndValues(string name, params string[] maps)
    {
        using var encoder = new FamilyReference(name).LoadEncoder();

        var adapter = LoraAdapter.Create(encoder, new LoraOptions(), seed: 1);

        Assert.Equal(maps.Length * encoder.Config.Layers, adapter.Maps.Count);
        Assert.All(adapter.Maps.Keys, key => Assert.Contains(key[(key.LastIndexOf('.') + 1)..], maps));
        Assert.All(encoder.named_parameters(), entry => Assert.Equal(entry.name.Contains(".lora_", StringComparison.Ordinal), entry.parameter.requires_grad));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Encode_WithAdapters_EqualsOperatorsAndTheMergedModel(string name)
    {
        using var scope = NewDisposeScope();
        var reference = new FamilyReference(name);
        using var fused = Adapted(reference, allowsFused: true, out _);
        using var plain = Adapted(reference, allowsFused: false, out var adapter);
        using var merged = reference.LoadEncoder(allowsFused: false, dropout: 0);
        var input = EncoderInput.From(reference.Ids[..20]);

        var (expected, expectedGradients) = EncoderGradients.EncodeAndDifferentiate(plain, input, Key);
        var (actual, gradients) = EncoderGradients.EncodeAndDifferentiate(fused, input, Key);

        Assert.InRange(EncoderReference.MaxDifference(actual, expected), 0, ForwardTolerance);
        foreach (var (parameter, gradient) in expectedGradients)
            Assert.True(EncoderReference.MaxDifference(gradients[parameter], gradient) <= GradientTolerance * Math.Max(1, gradient.abs().max().item<float>()), parameter);
        using var withoutGraph = no_grad();
        foreach (var (parameter, weight) in MergedWeights.Of(plain, adapter))
            merged.get_parameter(parameter)!.copy_(weight);
        Assert.InRange(EncoderReference.MaxDifference(plain.Encode(input, dropout: null), merged.Encode(input, dropout: null)), 0, ForwardTolerance);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Backward_FirstLayersFrozen_GivesTheOthersTheSameBits(string name)
    {
        using var scope = NewDisposeScope();
        var reference = new FamilyReference(name);
        var input = EncoderInput.From(reference.Ids[..20]);
        using var whole = reference.LoadEncoder(dropout: 0.1);
        using var encoder = reference.LoadEncoder(dropout: 0.1);
        FrozenParameters.Freeze(encoder, new ModelOptions { FreezeLayers = 1 });

        var (expected, expectedGradients) = EncoderGradients.EncodeAndDifferentiate(whole, input, Key);
        var (actual, gradients) = EncoderGradients.EncodeAndDifferentiate(encoder, input, Key);

        Assert.Equal(0, EncoderReference.MaxDifference(expected, actual));
        var frozen = encoder.named_parameters().Where(entry => !entry.parameter.requires_grad).Select(entry => entry.name).ToHashSet(StringComparer.Ordinal);
        Assert.Contains(frozen, parameter => parameter.StartsWith("embeddings.", StringComparison.Ordinal));
        Assert.Contains(frozen, parameter => parameter.Contains("layer.0.", StringComparison.Ordinal) || parameter.Contains("layers.0.", StringComparison.Ordinal));
        Assert.All(gradients, pair => Assert.True(EncoderReference.MaxDifference(frozen.Contains(pair.Key) ? zeros_like(pair.Value) : expectedGradients[pair.Key], pair.Value) == 0, pair.Key));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Copy_OfTheWeights_GivesTheBitsOfACast(string name)
    {
        using var scope = NewDisposeScope();
        var reference = new FamilyReference(name);
        var input = EncoderInput.From(reference.Ids[..20]);
        using var cast = reference.LoadEncoder(dropout: 0.1);
        using var copied = reference.LoadEncoder(dropout: 0.1);
        using var parameters = new FlatParameters(copied);
        using var copy = new BFloat16Copy(copied, parameters);

        var (expected, expectedGradients) = EncoderGradients.EncodeAndDifferentiate(cast, input, Key, Precision.BFloat16);
        parameters.UseGradient(0);
        var (actual, gradients) = EncoderGradients.EncodeAndDifferentiate(copied, input, Key, Precision.BFloat16);

        Assert.All(copied.modules().OfType<Weights>().Where(map => map.IsLinear), map => Assert.NotNull(map.Copy));
        Assert.Equal(0, EncoderReference.MaxDifference(expected, actual));
        Assert.All(expectedGradients, pair => Assert.Equal(0, EncoderReference.MaxDifference(pair.Value, gradients[pair.Key])));
    }

    private static SentenceEncoder Adapted(FamilyReference reference, bool allowsFused, out LoraAdapter adapter)
    {
        var encoder = reference.LoadEncoder(allowsFused, dropout: 0);
        adapter = LoraAdapter.Create(encoder, AdapterCases.Everywhere, seed: 5);
        AdapterCases.Train(adapter);
        return encoder;
    }
}
