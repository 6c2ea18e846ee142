using System.Text;
using Distributed.Training.Tokenization.Subwords;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Tokenization.Subwords;

public sealed class ByteTrieTests
{
    [Fact]
    public void Longest_AnyStrings_FindsWhatADictionaryFinds()
    {
        var texts = Gen.Elements("abcdefghijkélß日".Select(character => character.ToString()).ToArray()).ArrayOf().Select(string.Concat);

        Prop.ForAll(texts.ArrayOf().ToArbitrary(), texts.ToArbitrary(), (keys, text) =>
        {
            var values = keys.Where(key => key.Length > 0).Distinct().Index().ToDictionary(pair => pair.Item, pair => pair.Index);
            var trie = new ByteTrie(values);
            var longest = values.Keys.Where(key => text.StartsWith(key, StringComparison.Ordinal)).MaxBy(key => key.Length);
            var found = trie.Longest(Encoding.UTF8.GetBytes(text), out var length);
            return (found, length) == (longest is null ? (-1, 0) : (values[longest], Encoding.UTF8.GetByteCount(longest)))
                && trie.Find(Encoding.UTF8.GetBytes(text)) == values.GetValueOrDefault(text, -1)
                && values.All(pair => trie.Find(Encoding.UTF8.GetBytes(pair.Key)) == pair.Value);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Longest_NoStrings_FindsNothing()
    {
        Assert.Equal(-1, new ByteTrie([]).Longest("a"u8, out var length));
        Assert.Equal(0, length);
    }
}
