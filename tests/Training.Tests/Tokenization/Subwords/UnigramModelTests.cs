using System.Text;
using Distributed.Training.Tokenization.Subwords;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Tokenization.Subwords;

public sealed class UnigramModelTests
{
    // The example in the library's own documentation: ids 0 <unk>, 1 a, 2 b, 3 c, 4 d, 5 cd, 6 ab, 7 abc, 8 abcd.
    private static readonly UnigramModel Documented = Model(("<unk>", 0), ("a", 0), ("b", 0), ("c", 0), ("d", 0), ("cd", 1), ("ab", 2), ("abc", 5), ("abcd", 10));

    [Theory]
    [InlineData("abcdacdxx", new[] { 8, 1, 5, 0 })]
    [InlineData("xxaxyx", new[] { 0, 1, 0 })]
    [InlineData("é日", new[] { 0 })]
    public void Encode_Word_TakesTheBestPath(string word, int[] ids) => Assert.Equal(ids, Encode(Documented, word));

    [Fact]
    public void Encode_EqualScores_TakesThePathFoundFirst()
        => Assert.Equal([1, 4], Encode(Model(("<unk>", 0), ("a", -1), ("ab", -1), ("c", -1), ("bc", -1)), "abc"));

    [Fact]
    public void Encode_ByteFallback_TakesBytesWhereAllAreThere()
    {
        (string, double)[] pieces = [("<unk>", 0), ("a", 0), ("<0xC3>", -1), ("<0xA9>", -1)];

        Assert.Equal([1, 2, 3, 1, 0], Encode(Model(fallsBackToBytes: true, pieces), "aéax"));
        Assert.Equal([1, 0, 1, 0], Encode(Model(fallsBackToBytes: false, pieces), "aéax"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Constructor_UnknownIdOutsideThePieces_IsRefused(int unknownId)
        => Assert.Equal($"unk_id is {unknownId}, there are 1 pieces", Assert.Throws<ArgumentException>(() => new UnigramModel([KeyValuePair.Create("a", 0.0)], unknownId, false)).Message);

    [Fact]
    public void Encode_AnyPieces_GivesTheHighestSum()
    {
        var pieces = Gen.Zip(Gen.Elements("a", "b", "aa", "ab", "ba", "bb", "aab", "abb", "baba", "é", "aé"), Gen.Choose(-40, 0)).ArrayOf();
        var words = Gen.Elements("a", "b", "é").ArrayOf().Where(word => word.Length is > 0 and <= 10).Select(string.Concat);

        Prop.ForAll(pieces.ToArbitrary(), words.ToArbitrary(), (scored, word) =>
        {
            (string, double)[] all = [("<unk>", 0), .. scored.DistinctBy(piece => piece.Item1).Select(piece => (piece.Item1, piece.Item2 / 8.0))];
            return Sum(all, Encode(Model(all), word), word) == Best(all, word);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Encode_AMillionEqualCharacters_IsOnePass()
        => Assert.Equal(250_000, Encode(Model(("<unk>", 0), ("a", -2), ("aaaa", -4)), new string('a', 1_000_000)).Count);

    private static UnigramModel Model(params (string Piece, double Score)[] pieces) => Model(false, pieces);

    private static UnigramModel Model(bool fallsBackToBytes, (string Piece, double Score)[] pieces)
        => new([.. pieces.Select(piece => KeyValuePair.Create(piece.Piece, piece.Score))], unknownId: 0, fallsBackToBytes);

    private static List<int> Encode(UnigramModel model, string word)
    {
        List<int> ids = [];
        model.Encode(Encoding.UTF8.GetBytes(word), ids);
        return ids;
    }

    private static double UnknownScore((string Piece, double Score)[] pieces) => pieces.Min(piece => piece.Score) - 10;

    // The pieces spell the word; unknown ones stand for as many characters as are missing up to the next piece, all of them unknown.
    private static double Sum((string Piece, double Score)[] pieces, List<int> ids, string word)
    {
        var known = ids.Where(id => id > 0).Sum(id => pieces[id].Score);
        var unknown = word.Length - ids.Where(id => id > 0).Sum(id => pieces[id].Piece.Length);
        return known + unknown * UnknownScore(pieces);
    }

    private static double Best((string Piece, double Score)[] pieces, string word)
    {
        var best = new double[word.Length + 1];
        for (var end = 1; end <= word.Length; end++)
        {
            best[end] = best[end - 1] + UnknownScore(pieces);
            foreach (var (piece, score) in pieces.Where(piece => piece.Piece != "<unk>" && word[..end].EndsWith(piece.Piece, StringComparison.Ordinal)))
                best[end] = Math.Max(best[end], best[end - piece.Length] + score);
        }

        return best[word.Length];
    }
}
