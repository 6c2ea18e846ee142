using System.Text;
using Distributed.Testing;
using Distributed.Training.Tokenization;
using Distributed.Training.Tokenization.Unicode;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Tokenization;

/// <summary>What holds for every tokenizer and every text.</summary>
public sealed class TokenizerTests
{
    private static readonly Gen<string> Texts = Gen.OneOf(
            Gen.Choose(0, 0xFFFF).Select(value => ((char)value).ToString()),
            Gen.Elements("a", "B", " ", "  ", "é", "e\u0301", "日", "한", "\u0915\u094d", "👩\u200d", "\r\n", "\t", "<s>", "<mask>", "[SEP]", "[MASK]", "▁", "'ll", "12", "\ud800", "\udc00"))
        .ArrayOf()
        .Select(string.Concat);

    public static TheoryData<string> Families => ["roberta", "xlm-r", "mpnet", "distilbert", "modernbert"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Encode_AnyText_KeepsItsLimitsAndItsStart(string family)
    {
        var tokenizer = Read(family);

        Prop.ForAll(Texts.ToArbitrary(), text =>
        {
            var whole = tokenizer.Encode(text, int.MaxValue);
            return whole.All(id => id >= 0 && id < tokenizer.Size) && Enumerable.Range(2, 6).All(limit =>
                tokenizer.Encode(text, limit).SequenceEqual(whole.Length <= limit ? whole : [.. whole[..(limit - 1)], whole[^1]]));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Encode_UnpairedSurrogates_CountAsReplacementCharacters(string family)
        => Assert.Equal(Read(family).Encode("a\ufffdb \ufffd\ufffd", 64), Read(family).Encode("a\ud800b \udc00\ud83d", 64));

    [Theory]
    [MemberData(nameof(Families))]
    public void Encode_AMillionCharacters_Ends(string family)
    {
        const int Length = 1_000_000;
        var tokenizer = Read(family);

        foreach (var text in new[] { new string('a', Length), new string('\u0301', Length), new string(' ', Length), string.Concat(Enumerable.Repeat("\u0301\u0323", Length / 2)) })
            Assert.InRange(tokenizer.Encode(text, 64).Length, 2, 64);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Encode_FromManyThreads_GivesTheSameIds(string family)
    {
        var tokenizer = Read(family);
        var texts = TokenizerReference.Family(family).Sentences;
        var expected = texts.Select(text => tokenizer.Encode(text, 64)).ToArray();
        var fresh = Read(family);

        var actual = new int[8 * texts.Length][];
        Parallel.For(0, actual.Length, i => actual[i] = fresh.Encode(texts[i % texts.Length], 64));

        Assert.Equal(Enumerable.Repeat(expected, 8).SelectMany(ids => ids), actual);
    }

    [Fact]
    public void Encode_ByteLevelPieces_DecodeBackToTheText()
    {
        var tokenizer = Read("roberta");
        var pieces = ReferenceData.Json("families", "roberta", "model", "vocab.json").EnumerateObject().ToDictionary(pair => pair.Value.GetInt32(), pair => pair.Name);
        var bytes = Enumerable.Range(0, 256).ToDictionary(value => ByteAlphabet.CharacterOf((byte)value), value => (byte)value);

        Prop.ForAll(Gen.Choose(0, 0xFFFF).Select(value => (char)value).ArrayOf().ToArbitrary(), characters =>
        {
            var text = new string([.. characters]);
            var decoded = tokenizer.Encode(text, int.MaxValue)[1..^1].SelectMany(id => pieces[id]).Select(character => bytes[character]);
            return Encoding.UTF8.GetBytes(text).SequenceEqual(decoded);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Encode_TruncationOnTheLeft_KeepsTheEnd()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Copy(ReferenceData.PathOf("families", "roberta", "model"), "model");
        var whole = TokenizerFolder.Read(path).Encode("The cat sat on the mat.", 64);
        var settings = Path.Combine(path, "tokenizer_config.json");
        File.WriteAllText(settings, File.ReadAllText(settings).Replace("{\n", "{\n  \"truncation_side\": \"left\",\n", StringComparison.Ordinal));

        var tokenizer = TokenizerFolder.Read(path);

        Assert.Equal([whole[0], .. whole[^5..]], tokenizer.Encode("The cat sat on the mat.", 6));
    }

    [Fact]
    public void SpecialTokens_OfEveryText_AreTheLengthOfNone()
    {
        var tokenizer = Read("roberta");

        Assert.Equal((2, 2), (tokenizer.SpecialTokens, tokenizer.Encode("", 64).Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Encode("a", 1));
    }

    private static ITokenizer Read(string family) => TokenizerFolder.Read(ReferenceData.PathOf("families", family, "model"));
}
