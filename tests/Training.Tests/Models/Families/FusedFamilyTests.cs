using Distributed.Jobs;
using Distributed.Training.Models;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Families;

/// <summary>The vectorised kernels of each family against libtorch's operators, and what holds for both.</summary>
public sealed class FusedFamilyTests
{
    // float32 rounding over three layers, embeddings of up to 4.
    private const double ForwardTolerance = 1e-5;
    private const double GradientTolerance = 1e-4;

    public static TheoryData<string> Fused => ["roberta", "mpnet", "distilbert", "bert-variants/gelu-new", "bert-variants/relu-max"];

    public static TheoryData<string> All => ["roberta", "mpnet", "distilbert", "modernbert", "bert-variants/gelu-new"];

    public static TheoryData<string, bool> Both => new(All.SelectMany(name => new[] { (name.Data, true), (name.Data, false) }));

    [Theory]
    [MemberData(nameof(Fused))]
    public void Encode_WithKernels_EqualsOperators(string name)
    {
        using var scope = NewDisposeScope();
        var reference = new FamilyReference(name);
        var input = LongAndTyped(reference);
        foreach (var dropout in new[] { 0, 0.2 })
        {
            using var fused = reference.LoadEncoder(allowsFused: true, dropout);
            using var plain = reference.LoadEncoder(allowsFused: false, dropout);

            var (expected, expectedGradients) = EncoderGradients.EncodeAndDifferentiate(plain, input, EncoderGradients.Key);
            var (actual, gradients) = EncoderGradients.EncodeAndDifferentiate(fused, input, EncoderGradients.Key);

            Assert.True(fused.IsFused && !plain.IsFused);
            Assert.InRange(EncoderReference.MaxDifference(actual, expected), 0, ForwardTolerance);
            foreach (var (parameter, gradient) in expectedGradients)
            {
                var scale = Math.Max(1, gradient.abs().max().item<float>());
                var difference = EncoderReference.MaxDifference(gradients[parameter], gradient);
                Assert.True(difference <= GradientTolerance * scale, $"{parameter} differs by {difference} of {scale}, dropout {dropout}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Encode_SameKeyWithDropout_GivesTheSameBits(string name, bool allowsFused)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var reference = new FamilyReference(name);
        using var encoder = reference.LoadEncoder(allowsFused, dropout: 0.1);
        var input = EncoderInput.From(reference.Ids[..10]);

        var first = encoder.Encode(input, EncoderGradients.Key);

        Assert.Equal(0, EncoderReference.MaxDifference(first, encoder.Encode(input, EncoderGradients.Key)));
        Assert.NotEqual(0, EncoderReference.MaxDifference(first, encoder.Encode(input, EncoderGradients.Key with { Step = 3 })));
        Assert.NotEqual(0, EncoderReference.MaxDifference(first, encoder.Encode(input, null)));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Backward_TypedPadding_LeavesItsRowsUntouched(string name, bool allowsFused)
    {
        using var scope = NewDisposeScope();
        var reference = new FamilyReference(name);
        using var encoder = reference.LoadEncoder(allowsFused);
        var padding = encoder.Config.PaddingId;
        var text = reference.Ids[4];

        var (_, gradients) = EncoderGradients.EncodeAndDifferentiate(encoder, EncoderInput.From([[text[0], padding, .. text[1..], padding]]), null);

        var words = gradients.Single(gradient => gradient.Key is "embeddings.word_embeddings.weight" or "embeddings.tok_embeddings.weight").Value;
        Assert.Equal(0, words[padding].abs().max().item<float>());
        Assert.NotEqual(0, words[text[1]].abs().max().item<float>());
        if (name is "roberta" or "mpnet")
            Assert.Equal([0f, 0f], gradients["embeddings.position_embeddings.weight"].narrow(0, 0, 2).abs().sum(1).data<float>().ToArray());
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Encode_InBFloat16_UsesAllLinearMapsRounded(string name, bool allowsFused)
    {
        using var scope = NewDisposeScope();
        var reference = new FamilyReference(name);
        using var encoder = reference.LoadEncoder(allowsFused, dropout: 0.1);
        var input = EncoderInput.From(reference.Ids[..20]);
        var (single, singleGradients) = EncoderGradients.EncodeAndDifferentiate(encoder, input, EncoderGradients.Key);

        var (actual, gradients) = EncoderGradients.EncodeAndDifferentiate(encoder, input, EncoderGradients.Key, Precision.BFloat16);

        Assert.InRange(EncoderReference.MaxDifference(actual, single), 1e-5, 0.1);
        Assert.All(gradients.Where(gradient => gradient.Value.abs().max().item<float>() > 1e-3), gradient => Assert.True(Cosine(gradient.Value, singleGradients[gradient.Key]) > 0.99, gradient.Key));
        RoundLinearMaps(encoder);
        Assert.Equal(0, EncoderReference.MaxDifference(actual, EncoderGradients.EncodeAndDifferentiate(encoder, input, EncoderGradients.Key, Precision.BFloat16).Embeddings));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Encode_AndBackwardRepeated_KeepsNoTensor(string name, bool allowsFused)
    {
        var reference = new FamilyReference(name);
        using var encoder = reference.LoadEncoder(allowsFused, dropout: 0.1);
        var input = EncoderInput.From(reference.Ids[..20]);

        Step(0);
        Step(1);
        var live = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        foreach (var step in Enumerable.Range(2, 20))
            Step(step);

        Assert.Equal(live, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step(int step)
        {
            using var scope = NewDisposeScope();
            encoder.Encode(input, EncoderGradients.Key with { Step = step }).sum().backward();
        }
    }

    // The stored sentences, texts as long as the encoder takes and a typed padding token.
    private static EncoderInput LongAndTyped(FamilyReference reference)
    {
        using var encoder = reference.LoadEncoder();
        var config = encoder.Config;
        int[] lengths = [config.LongestText, config.LongestText, config.LongestText - 27];
        var texts = lengths.Select(length => Enumerable.Range(0, length).Select(i => (i * i + length) % config.VocabularySize).ToArray());
        return EncoderInput.From([.. reference.Ids[..40].OrderBy(ids => ids.Length), [5, config.PaddingId, 6], .. texts]);
    }

    private static void RoundLinearMaps(SentenceEncoder encoder)
    {
        using var noGrad = no_grad();
        foreach (var (name, parameter) in encoder.named_parameters())
        {
            if (name.Contains(".layer", StringComparison.Ordinal) || name.StartsWith("layers.", StringComparison.Ordinal))
            {
                if (!name.Contains("norm", StringComparison.OrdinalIgnoreCase))
                    parameter.copy_(parameter.to(ScalarType.BFloat16));
            }
        }
    }

    private static double Cosine(Tensor left, Tensor right) => ((left * right).sum() / (left.norm() * right.norm())).item<float>();
}
