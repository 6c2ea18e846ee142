using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models;

public sealed class DropoutTests
{
    private const int Count = 1 << 20;

    private static readonly DropoutKey Key = new(Seed: 1, Step: 2, Shard: 3, MicroBatch: 4);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Fill_Mask_DropsTheShareAndScalesTheRest(double probability)
    {
        var mask = Mask(Key, probability);

        // Five standard deviations of a binomial share.
        var deviation = Math.Sqrt(probability * (1 - probability) / Count);
        Assert.InRange(mask.Count(value => value == 0) / (double)Count, probability - 5 * deviation, probability + 5 * deviation);
        Assert.Equal([0, (float)(1 / (1 - probability))], mask.Distinct().Order());
    }

    [Fact]
    public void Fill_NeighboursAndStrides_AreUncorrelated()
    {
        var mask = Mask(Key, 0.5).Select(value => value - 1.0).ToArray();

        foreach (var distance in new[] { 1, 2, 8, 64, 256, 384 })
            Assert.InRange(Enumerable.Range(0, Count - distance).Average(i => mask[i] * mask[i + distance]), -0.005, 0.005);
    }

    [Fact]
    public void Fill_AnyPartOfAKey_GivesAnotherMask()
    {
        DropoutKey[] keys = [Key, Key with { Seed = 2 }, Key with { Step = 3 }, Key with { Shard = 4 }, Key with { MicroBatch = 5 }];

        var masks = keys.Select(key => Mask(key, 0.5)).ToArray();

        for (var i = 0; i < masks.Length; i++)
        {
            for (var j = 0; j < i; j++)
                Assert.InRange(masks[i].Zip(masks[j]).Count(pair => pair.First == pair.Second) / (double)Count, 0.495, 0.505);
        }
    }

    [Fact]
    public void Fill_Prefix_DoesNotDependOnTheLength()
    {
        var whole = Mask(Key, 0.3);

        Prop.ForAll(Gen.Choose(0, 1000).ToArbitrary(), length =>
        {
            var part = new float[length];
            new DropoutSites(Key).NextMask(0.3).Fill(part);
            return part.AsSpan().SequenceEqual(whole.AsSpan(0, length));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Encode_SameKey_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = Load(0.1);

        var first = Encode(model, Key);

        Assert.Equal(first, Encode(model, Key));
        Assert.NotEqual(first, Encode(model, Key with { Step = 3 }));
        Assert.NotEqual(first, Encode(model, null));
    }

    [Fact]
    public void Encode_WithProbabilityZero_IsEncodeWithoutDropout()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = Load(0);

        Assert.Equal(Encode(model, null), Encode(model, Key));
    }

    [Fact]
    public void Encode_ManyKeys_AveragesNearTheEmbeddingWithoutDropout()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = Load(0.02);
        var plain = Encode(model, null);
        var mean = new double[plain.Length];
        const int Keys = 64;

        for (var step = 0; step < Keys; step++)
        {
            foreach (var (i, value) in Encode(model, Key with { Step = step }).Index())
                mean[i] += value / (double)Keys;
        }

        Assert.InRange(plain.Zip(mean).Average(pair => Math.Abs(pair.First - pair.Second)), 0, 0.03);
    }

    private static float[] Mask(DropoutKey key, double probability)
    {
        var mask = new float[Count];
        new DropoutSites(key).NextMask(probability).Fill(mask);
        return mask;
    }

    private static EmbeddingModel Load(double dropout)
        => EmbeddingModel.Load(ReferenceData.PathOf("encoder", "mini-mean"), new ModelOptions { Dropout = dropout });

    private static float[] Encode(EmbeddingModel model, DropoutKey? key)
        => model.Encoder.Encode(EncoderInput.From([.. EncoderReference.Ids().Take(10)]), key).data<float>().ToArray();
}
