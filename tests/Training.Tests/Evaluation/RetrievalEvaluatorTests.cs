using System.Collections.Immutable;
using System.Globalization;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Training.Collectives;
using Distributed.Training.Evaluation;
using Distributed.Training.Inference;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Evaluation;

public sealed class RetrievalEvaluatorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void EvaluateAsync_AnyWindowAndWorldSize_EqualsPlainReferenceToTheBit() =>
        Prop.ForAll(Cases(), RanksAndWindowsAgree).QuickCheckThrowOnFailure();

    [Fact]
    public async Task EvaluateAsync_AllEntriesEqual_RanksByCorpusOrder()
    {
        // Fifteen equal entries: the relevant ones, at positions 1 and 12, stand at ranks 2 and 13.
        var corpus = Enumerable.Repeat("3 4", 15).ToImmutableArray();
        var set = Set(["3 4"], corpus, [[new RelevantEntry(1, 1), new RelevantEntry(12, 1)]]);

        var scores = Assert.Single(await EvaluateAsync(set, worldSize: 1, window: 4));

        Assert.Equal(0.5, scores.MrrAt10);
        Assert.Equal(0.5, scores.RecallAt10);
    }

    [Fact]
    public async Task EvaluateAsync_LongerEntry_IsNotNearer()
    {
        // Cosine, not dot product: (1, 1) is at 45° of (1, 0) however long it is.
        var set = Set(["1 0"], ["100 100", "2 1", "-1 0"], [[new RelevantEntry(1, 1)]]);

        var scores = Assert.Single(await EvaluateAsync(set, worldSize: 1, window: 10));

        Assert.Equal(new RetrievalScores(1, 1, 1, 1), scores);
    }

    [Fact]
    public async Task EvaluateAsync_QueryWithoutRelevantEntry_DoesNotCount()
    {
        var set = Set(["1 0", "0 1"], ["1 0", "0 1"], [[new RelevantEntry(0, 1)], []]);

        var scores = Assert.Single(await EvaluateAsync(set, worldSize: 1, window: 10));

        Assert.Equal(1, scores.RecallAt1);
    }

    [Fact]
    public async Task EvaluateAsync_NoRelevantEntryAtAll_Throws()
    {
        var set = Set(["1 0"], ["1 0"], [[]]);

        await Assert.ThrowsAsync<ArgumentException>(() => EvaluateAsync(set, worldSize: 1, window: 10));
    }

    [Theory]
    [InlineData("NaN 0", "1 0")]
    [InlineData("1 0", "0 Infinity")]
    public async Task EvaluateAsync_EmbeddingThatIsNotFinite_NamesTheTextOnEveryRank(string query, string entry)
    {
        var set = Set([query], ["1 0", entry], [[new RelevantEntry(0, 1)]]);

        var refused = await Assert.ThrowsAsync<EmbeddingNotFiniteException>(() => EvaluateAsync(set, worldSize: 2, window: 1));

        Assert.Equal($"the model's embedding of \"{(query == "1 0" ? entry : query)}\" is not finite", refused.Message);
    }

    private static bool RanksAndWindowsAgree(RetrievalSet set)
    {
        var expected = PlainRetrieval.Score(set, Vector);
        foreach (var worldSize in (ReadOnlySpan<int>)[1, 2, 3, 4])
            foreach (var window in (ReadOnlySpan<int>)[1, 3, 16, 17, 1000])
                if (EvaluateAsync(set, worldSize, window).GetAwaiter().GetResult().Any(scores => scores != expected))
                    return false;
        return true;
    }

    private static Task<RetrievalScores[]> EvaluateAsync(RetrievalSet set, int worldSize, int window)
    {
        var runs = Enumerable.Range(0, worldSize).Select(rank => new ShardRun(rank, 1)).ToImmutableArray();
        var ranks = LoopbackCollectives.Create(worldSize, runs);
        return Task.WhenAll(ranks.Select(collectives => Task.Run(
            () => new RetrievalEvaluator(EmbedAsync, EmbedAsync, collectives) { WindowTexts = window }.EvaluateAsync(set, Cancellation).AsTask(), Cancellation)));
    }

    // A text is its own embedding, written out.
    private static ValueTask<EmbeddingMatrix> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new EmbeddingMatrix([.. texts.SelectMany(Vector)], Vector(texts[0]).Length));

    private static float[] Vector(string text) => [.. text.Split(' ').Select(number => float.Parse(number, CultureInfo.InvariantCulture))];

    private static RetrievalSet Set(
        ImmutableArray<string> queries, ImmutableArray<string> corpus, ImmutableArray<ImmutableArray<RelevantEntry>> relevant) =>
        new(queries, corpus, [.. Enumerable.Range(0, corpus.Length).Select(i => i.ToString(CultureInfo.InvariantCulture))], relevant);

    // Small integers in few dimensions: most similarities occur many times, and some vectors are zero.
    private static Arbitrary<RetrievalSet> Cases()
    {
        var sizes = from dim in Gen.Choose(1, 9) from queries in Gen.Choose(1, 15) from corpus in Gen.Choose(1, 60) select (dim, queries, corpus);
        return (from size in sizes
                from queries in Texts(size.dim).ArrayOf(size.queries)
                from corpus in Texts(size.dim).ArrayOf(size.corpus)
                from relevant in Relevant(size.corpus).ArrayOf(size.queries)
                select Set([.. queries], [.. corpus], [[new RelevantEntry(0, 1)], .. relevant.Skip(1)])).ToArbitrary();
    }

    private static Gen<string> Texts(int dim) => Gen.Choose(-1, 2).ArrayOf(dim).Select(numbers => string.Join(' ', numbers));

    private static Gen<ImmutableArray<RelevantEntry>> Relevant(int corpus) =>
        from count in Gen.Choose(0, 4)
        from entries in Gen.Choose(0, corpus - 1).ArrayOf(count)
        from grades in Gen.Choose(0, 3).ArrayOf(count)
        select entries.Zip(grades, (entry, grade) => new RelevantEntry(entry, grade)).DistinctBy(entry => entry.CorpusIndex).ToImmutableArray();
}
