using System.Globalization;
using System.Text;
using Distributed.Testing;
using Distributed.Training.Tokenization.Normalizers;
using Distributed.Training.Tokenization.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Tokenization;

public sealed class CharacterMapTests
{
    private const string Vanishing = "1-8 B E-1F 7F 8F 9F";
    private const string Spaces = "9-A C-D 20 A0 61C 1680 2000-200C 200E-200F 2028-2029 202F 205F 2581 3000 FEFF FFFD";

    private static readonly byte[] Published = Convert.FromBase64String(
        ReferenceData.Json("families", "xlm-r", "model", "tokenizer.json").GetProperty("normalizer").GetProperty("precompiled_charsmap").GetString()!);

    [Fact]
    public void Normalize_EveryCodePoint_VanishesOrBecomesASpaceAsInThePeer()
    {
        var normalizer = new PrecompiledNormalizer(new CharacterMap(Published));
        var buffer = new TextBuffer();
        List<int> vanishing = [], spaces = [];
        Span<byte> text = stackalloc byte[4];
        for (var codePoint = 0; codePoint < 0x110000; codePoint += codePoint == 0xD7FF ? 0x801 : 1)
        {
            buffer.Set(text[..new Rune(codePoint).EncodeToUtf8(text)]);
            normalizer.Normalize(buffer);
            if (buffer.Text.IsEmpty)
                vanishing.Add(codePoint);
            else if (buffer.Text.SequenceEqual(" "u8))
                spaces.Add(codePoint);
        }

        Assert.Equal(CodePoints(Vanishing), vanishing);
        Assert.Equal(CodePoints(Spaces), spaces);
    }

    [Theory]
    [InlineData("e\u0302\u0301", "ê")]
    [InlineData("\uff21\u0301", "A")]
    [InlineData("a\r\nb", "a b")]
    [InlineData("\uff76\uff9e", "カ\u3099")]
    [InlineData("\u1112\u1161\u11ab", "\u1112\u1161\u11ab")]
    [InlineData("ﬁ½", "fi1\u20442")]
    [InlineData("", "")]
    public void Normalize_Clusters_AreReplacedByTheirShortestPrefix(string text, string expected)
        => Assert.Equal(expected, Normalize(new PrecompiledNormalizer(new CharacterMap(Published)), text));

    [Fact]
    public void Constructor_DamagedMaps_AreRefusedOrHarmless()
    {
        var damaged = Gen.Zip(Gen.Choose(0, Published.Length - 1), Gen.Choose(0, 255)).ArrayOf().Select(changes =>
        {
            var map = (byte[])Published.Clone();
            foreach (var (place, value) in changes)
                map[place % (place % 3 == 0 ? map.Length : 4096)] = (byte)value;
            return map;
        });

        Prop.ForAll(damaged.ToArbitrary(), map =>
        {
            try
            {
                Normalize(new PrecompiledNormalizer(new CharacterMap(map)), "Le ca\u0301fé ﬁ ｱﾞ 日本 \u00bd\u3000");
            }
            catch (ArgumentException refused)
            {
                Assert.StartsWith("the character map", refused.Message, StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0, "the character map is cut off")]
    [InlineData(3, "the character map is cut off")]
    [InlineData(100, "the character map has 100 bytes, its trie alone")]
    public void Constructor_MapCutOff_SaysSo(int length, string reason)
        => Assert.StartsWith(reason, Assert.Throws<ArgumentException>(() => new CharacterMap(Published.AsSpan(0, length))).Message, StringComparison.Ordinal);

    [Fact]
    public void Constructor_EdgeOutOfTheTrie_SaysSo()
    {
        // Unit 0 is the root with offset 1; unit 1 ^ 'a' is the edge 'a' with an offset far outside.
        var map = new byte[sizeof(uint) * (1 + 128)];
        BitConverter.TryWriteBytes(map, 128 * sizeof(uint));
        BitConverter.TryWriteBytes(map.AsSpan(sizeof(uint)), 1u << 10);
        BitConverter.TryWriteBytes(map.AsSpan(sizeof(uint) * (1 + (1 ^ 'a'))), (5000u << 10) | 'a');

        Assert.StartsWith("the character map's trie has 128 units and leads to unit ", Assert.Throws<ArgumentException>(() => new CharacterMap(map)).Message, StringComparison.Ordinal);
    }

    private static string Normalize(PrecompiledNormalizer normalizer, string text)
    {
        var buffer = new TextBuffer();
        buffer.Set(Encoding.UTF8.GetBytes(text));
        normalizer.Normalize(buffer);
        return Encoding.UTF8.GetString(buffer.Text);
    }

    private static IEnumerable<int> CodePoints(string ranges) => ranges.Split(' ').Select(range => range.Split('-')).SelectMany(ends =>
        Enumerable.Range(Hex(ends[0]), Hex(ends[^1]) - Hex(ends[0]) + 1));

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
