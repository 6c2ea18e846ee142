using System.Text;
using Distributed.Training.Tokenization;
using Distributed.Training.Tokenization.Subwords;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Tokenization.Subwords;

public sealed class BpeModelTests
{
    private static readonly Vocabulary Tokens = Ids("a", "b", "c", "ab", "bc", "abc", "<unk>", "é", "aa");
    private static readonly (string Left, string Right)[] Merges = [("a", "a"), ("b", "c"), ("a", "b"), ("a", "bc")];

    // Ids by place: 0 a, 1 b, 2 c, 3 ab, 4 bc, 5 abc, 6 <unk>, 7 é, 8 aa.
    [Theory]
    [InlineData("abc", new[] { 5 })] // b c first, then a bc
    [InlineData("aaabc", new[] { 8, 5 })]
    [InlineData("aaa", new[] { 8, 0 })] // the leftmost of two equal pairs
    [InlineData("abé", new[] { 3, 7 })]
    [InlineData("xayz", new[] { 6, 0, 6, 6 })]
    public void Encode_Word_MergesByRankFromTheLeft(string word, int[] ids)
        => Assert.Equal(ids, Encode(new BpeModel(Tokens, Merges, new BpeOptions { UnknownToken = "<unk>" }), word));

    [Fact]
    public void Encode_Options_TreatUnknownCharactersAndWholeWords()
    {
        Assert.Equal([0], Encode(new BpeModel(Tokens, Merges, new BpeOptions()), "xay"));
        Assert.Equal([6, 0, 6], Encode(new BpeModel(Tokens, Merges, new BpeOptions { UnknownToken = "<unk>", FusesUnknown = true }), "xxayz"));
        Assert.Equal([5], Encode(new BpeModel(Tokens, [], new BpeOptions { IgnoresMerges = true }), "abc"));
        Assert.Equal([0, 1, 2], Encode(new BpeModel(Tokens, [], new BpeOptions()), "abc"));
    }

    [Fact]
    public void Encode_Affixes_AreLookedUpWithTheCharacter()
    {
        var vocabulary = Ids("a", "##b", "##b</w>", "a</w>", "a##b</w>", "ab</w>");
        var model = new BpeModel(vocabulary, [("a", "##b</w>")], new BpeOptions { ContinuingPrefix = "##", EndSuffix = "</w>" });

        Assert.Equal([5], Encode(model, "ab"));
        Assert.Equal([3], Encode(model, "a"));
        Assert.Equal([0, 1, 2], Encode(model, "abb"));
    }

    [Theory]
    [InlineData("a", "x", "a merge names x, which the vocabulary lacks")]
    [InlineData("b", "a", "a merge names ba, which the vocabulary lacks")]
    public void Constructor_MergeOfUnknownTokens_NamesIt(string left, string right, string reason)
        => Assert.Equal(reason, Assert.Throws<ArgumentException>(() => new BpeModel(Tokens, [(left, right)], new BpeOptions())).Message);

    [Fact]
    public void Apply_AnyMerges_HeapAndSearchAndPlainLoopAgree()
    {
        var symbols = Gen.Choose(0, 3);
        var merges = Gen.Zip(Gen.Choose(0, 9), Gen.Choose(0, 9)).ArrayOf();

        Prop.ForAll(merges.ToArbitrary(), symbols.ArrayOf().Where(word => word.Length <= MergeList.Short).ToArbitrary(), (pairs, word) =>
        {
            // The n-th merge makes the symbol 4 + n; of equal pairs the last counts.
            var ranks = pairs.Index().ToDictionary(pair => pair.Index, pair => pair.Item).GroupBy(pair => pair.Value).ToDictionary(group => group.Key, group => group.Max(pair => pair.Key));
            var table = new MergeTable(pairs.Length);
            foreach (var (pair, rank) in ranks)
                table.Add(pair.Item1, pair.Item2, new Merge(rank, 4 + rank));
            int[] quick = [.. word], heap = [.. word];
            var expected = Plain(ranks, word);
            return expected.SequenceEqual(quick[..MergeList.ApplyShort(table, quick)]) && expected.SequenceEqual(heap[..MergeList.ApplyLong(table, heap)]);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Encode_ManyEqualCharacters_AreMergedByTheHeap()
    {
        const int Length = 200_001;

        Assert.Equal([.. Enumerable.Repeat(8, Length / 2), 0], Encode(new BpeModel(Tokens, Merges, new BpeOptions()), new string('a', Length)));
    }

    private static Vocabulary Ids(params string[] tokens) => new(tokens.Select((token, id) => KeyValuePair.Create(token, id)));

    private static List<int> Encode(BpeModel model, string word)
    {
        List<int> first = [], second = [];
        model.Encode(Encoding.UTF8.GetBytes(word), first);
        model.Encode(Encoding.UTF8.GetBytes(word), second); // from the cache
        Assert.Equal(first, second);
        return first;
    }

    private static List<int> Plain(Dictionary<(int, int), int> ranks, IEnumerable<int> word)
    {
        List<int> symbols = [.. word];
        while (true)
        {
            var best = Enumerable.Range(0, Math.Max(symbols.Count - 1, 0))
                .Where(i => ranks.ContainsKey((symbols[i], symbols[i + 1])))
                .OrderBy(i => ranks[(symbols[i], symbols[i + 1])])
                .Select(i => (int?)i)
                .FirstOrDefault();
            if (best is not { } place)
                return symbols;
            symbols[place] = 4 + ranks[(symbols[place], symbols[place + 1])];
            symbols.RemoveAt(place + 1);
        }
    }
}
