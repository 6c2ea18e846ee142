using System.Text;
using Distributed.Training.Tokenization.Subwords;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Tokenization.Subwords;

public sealed class ByteTrieTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void Longest_AnyStrings_FindsWhatADictionaryFinds(int mostTables)
    {
        var texts = Gen.Elements("abcdefghijkélß日".Select(character => character.ToString()).ToArray()).ArrayOf().Select(string.Concat);

        Prop.ForAll(texts.ArrayOf().ToArbitrary(), texts.ToArbitrary(), (keys, text) =>
        {
            var values = keys.Where(key => key.Length > 0).Distinct().Index().ToDictionary(pair => pair.Item, pair => pair.Index);
            var trie = new ByteTrie(values, mostTables);
            var longest = values.Keys.Where(key => text.StartsWith(key, StringComparison.Ordinal)).MaxBy(key => key.Length);
            var found = trie.Longest(Encoding.UTF8.GetBytes(text), out var length);
            return (found, length) == (longest is null ? (-1, 0) : (values[longest], Encoding.UTF8.GetByteCount(longest)))
                && trie.Find(Encoding.UTF8.GetBytes(text)) == values.GetValueOrDefault(text, -1)
                && values.All(pair => trie.Find(Encoding.UTF8.GetBytes(pair.Key)) == pair.Value);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Find_NodesOfManyChildren_FindsEachWithAndWithoutATable(int mostTables)
    {
        var letters = Enumerable.Range('!', 90).Select(letter => (char)letter).ToArray();
        var values = letters.SelectMany(first => letters.Where(second => second % 2 == 0).Select(second => $"{first}{second}")).Index()
            .ToDictionary(pair => pair.Item, pair => pair.Index);
        var trie = new ByteTrie(values, mostTables);

        Assert.All(values, pair => Assert.Equal(pair.Value, trie.Find(Encoding.UTF8.GetBytes(pair.Key))));
        Assert.All(letters, letter => Assert.Equal(-1, trie.Find([(byte)letter, (byte)'#'])));
    }

    [Fact]
    public void Longest_NoStrings_FindsNothing()
    {
        Assert.Equal(-1, new ByteTrie([]).Longest("a"u8, out var length));
        Assert.Equal(0, length);
    }
}
