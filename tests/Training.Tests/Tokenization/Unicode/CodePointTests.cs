using System.Globalization;
using System.Text.Json;
using Distributed.Testing;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tests.Tokenization.Unicode;

/// <summary>The embedded tables, beside what the library does with each of the 1,112,064 code points.</summary>
public sealed class CodePointTests
{
    private static readonly JsonElement Reference = ReferenceData.Json("families", "codepoints.json");

    public static TheoryData<string, string> BertTables => new()
    {
        { "bert_removed", nameof(CharacterKinds.Removed) },
        { "bert_space", nameof(CharacterKinds.Space) },
        { "bert_ideograph", nameof(CharacterKinds.Ideograph) },
        { "bert_mark_stripped", nameof(CharacterKinds.Mark) },
        { "bert_split_on", nameof(CharacterKinds.Punctuation) },
        { "bert_split_off", nameof(CharacterKinds.White) },
    };

    public static TheoryData<string, string> UnicodeClasses => new()
    {
        { "byte_level_letter", nameof(UnicodeKinds.Letter) },
        { "byte_level_number", nameof(UnicodeKinds.Number) },
        { "byte_level_space", nameof(UnicodeKinds.White) },
        { "white_space_split", nameof(UnicodeKinds.White) },
    };

    [Theory]
    [MemberData(nameof(BertTables))]
    public void BertCharacters_EveryCodePoint_IsTreatedAsInThePeer(string key, string kind)
    {
        var wanted = Enum.Parse<CharacterKinds>(kind);

        AssertSame(key, codePoint => BertCharacters.KindsOf(codePoint).HasFlag(wanted));
    }

    [Theory]
    [MemberData(nameof(UnicodeClasses))]
    public void UnicodeTables_EveryCodePoint_HasThePeersClass(string key, string kind)
    {
        var wanted = Enum.Parse<UnicodeKinds>(kind);

        AssertSame(key, codePoint => UnicodeTables.KindsOf(codePoint).HasFlag(wanted));
    }

    [Fact]
    public void ToLower_NewAndOldLetters_KnowsUnicode17()
        => Assert.Equal([0xA7CF, 'ß', 'i', 'σ', 0x1C6], new[] { 0xA7CE, 0x1E9E, 0x130, 'Σ', 0x1C5 }.Select(UnicodeTables.ToLower));

    private static void AssertSame(string key, Func<int, bool> has)
    {
        var expected = new bool[UnicodeTables.CodePoints];
        foreach (var ends in Reference.GetProperty(key).GetString()!.Split(' ').Select(range => range.Split('-')))
            Array.Fill(expected, true, Hex(ends[0]), Hex(ends[^1]) - Hex(ends[0]) + 1);

        Assert.DoesNotContain(Enumerable.Range(0, UnicodeTables.CodePoints), codePoint => codePoint is < 0xD800 or > 0xDFFF && expected[codePoint] != has(codePoint));
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
