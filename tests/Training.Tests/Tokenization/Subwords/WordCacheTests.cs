using Distributed.Training.Tokenization.Subwords;

namespace Distributed.Training.Tests.Tokenization.Subwords;

public sealed class WordCacheTests
{
    [Fact]
    public void TryAdd_MoreWordsThanPlaces_KnowsTheLastOfEachPlace()
    {
        var cache = new WordCache(places: 4);
        for (var i = 0; i < 100; i++)
            cache.Set([(byte)i], [i]);

        var known = Enumerable.Range(0, 100).Where(i => cache.TryAdd([(byte)i], [])).ToArray();

        Assert.InRange(known.Length, 1, 4);
        foreach (var i in known)
        {
            List<int> ids = [-1];
            cache.TryAdd([(byte)i], ids);
            Assert.Equal([-1, i], ids);
        }
    }

    [Fact]
    public void Set_LongWord_IsNotKept()
    {
        var cache = new WordCache(places: 4);

        cache.Set(new byte[65], [1]);

        Assert.False(cache.TryAdd(new byte[65], []));
    }
}
