using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Testing;
using Distributed.Training.Collectives;
using Distributed.Training.Inference;
using Distributed.Training.Models;
using TorchSharp;

namespace Distributed.Training.Tests.Inference;

public sealed class TextEncoderTests
{
    private const int Tokens = 300;

    private static readonly string[] Texts = [.. Enumerable.Range(0, 700).Select(i => string.Join(' ', Enumerable.Repeat("the cat sat", i % 9 + 1)) + (i % 300))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EncodeAsync_OneToFourRanks_GivesTheSameBits()
    {
        var alone = Assert.Single(await EncodeAsync(1, Texts));

        for (var worldSize = 2; worldSize <= 4; worldSize++)
            foreach (var shared in await EncodeAsync(worldSize, Texts))
                Assert.Equal(alone.Values, shared.Values);
    }

    [Fact]
    public async Task EncodeAsync_EachText_EqualsEncodingItAlone()
    {
        const float tolerance = 1e-5f; // products of other shapes differ in their last bits
        var all = Assert.Single(await EncodeAsync(1, Texts));

        Assert.Equal(Texts.Length, all.Count);
        foreach (var i in (int[])[0, 8, 301, 699])
        {
            var single = Assert.Single(await EncodeAsync(1, [Texts[i]]));
            Assert.All(single.Values.Zip(all.Row(i).ToArray()), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
    }

    [Fact]
    public async Task EncodeAsync_RepeatedTexts_AreEncodedOnce()
    {
        var told = new CountedProgress();

        var embeddings = Assert.Single(await EncodeAsync(1, ["a cat", "a dog", "a cat", "a cat"], told));

        Assert.Equal(2, told.Sum);
        Assert.Equal(embeddings.Row(0).ToArray(), embeddings.Row(3).ToArray());
        Assert.NotEqual(embeddings.Row(0).ToArray(), embeddings.Row(1).ToArray());
    }

    [Fact]
    public async Task EncodeAsync_FewerTextsThanRanks_Works()
    {
        var shared = await EncodeAsync(3, ["a cat"]);

        Assert.All(shared, embeddings => Assert.Equal(shared[0].Values, embeddings.Values));
        Assert.All(await EncodeAsync(2, []), embeddings => Assert.Equal(0, embeddings.Count));
    }

    [Fact]
    public async Task EncodeAsync_Repeated_LeavesNoTensors()
    {
        using var model = Load();
        var encoder = new TextEncoder(model, LoopbackCollectives.Create(1, [new ShardRun(0, 1)])[0], Tokens);
        await encoder.EncodeAsync(Texts, null, Cancellation);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        await encoder.EncodeAsync(Texts, null, Cancellation);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static EmbeddingModel Load() => EmbeddingModel.Load(ReferenceData.PathOf("encoder", "mini-mean"));

    private static Task<EmbeddingMatrix[]> EncodeAsync(int worldSize, IReadOnlyList<string> texts, IProgress<int>? told = null)
    {
        var runs = Enumerable.Range(0, worldSize).Select(rank => new ShardRun(rank, 1)).ToImmutableArray();
        return Task.WhenAll(LoopbackCollectives.Create(worldSize, runs).Select(collectives => Task.Run(async () =>
        {
            using var model = Load();
            return await new TextEncoder(model, collectives, Tokens).EncodeAsync(texts, told, Cancellation);
        })));
    }

    private sealed class CountedProgress : IProgress<int>
    {
        public int Sum { get; private set; }

        public void Report(int value) => Sum += value;
    }
}
