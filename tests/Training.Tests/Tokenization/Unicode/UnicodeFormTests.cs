using Distributed.Training.Tokenization.Unicode;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Tokenization.Unicode;

public sealed class UnicodeFormTests
{
    private static readonly UnicodeForm Nfc = new(Compatibility: false, Composes: true);
    private static readonly UnicodeForm Nfkc = new(Compatibility: true, Composes: true);
    private static readonly UnicodeForm Nfkd = new(Compatibility: true, Composes: false);

    // U+32FF came with Unicode 12, U+11938 with 13: the library's forms are those of Unicode 9.
    public static TheoryData<int[], int[], int[]> Canonical => new()
    {
        { [0xEA, 0x301], [0x65, 0x302, 0x301], [0x1EBF] },
        { [0x1E0A, 0x323], [0x44, 0x323, 0x307], [0x1E0C, 0x307] },
        { [0x212B], [0x41, 0x30A], [0xC5] },
        { [0x958], [0x915, 0x93C], [0x915, 0x93C] },
        { [0x1100, 0x1161, 0x11A8], [0x1100, 0x1161, 0x11A8], [0xAC01] },
        { [0xAC00, 0x11A8], [0x1100, 0x1161, 0x11A8], [0xAC01] },
        { [0x61, 0x345, 0x334], [0x61, 0x334, 0x345], [0x61, 0x334, 0x345] },
        { [0x344], [0x308, 0x301], [0x308, 0x301] },
        { [0x11938], [0x11938], [0x11938] },
        { [0x32FF], [0x32FF], [0x32FF] },
    };

    [Theory]
    [MemberData(nameof(Canonical))]
    public void Apply_CanonicalForms_DecomposeAndCompose(int[] text, int[] decomposed, int[] composed)
    {
        Assert.Equal(decomposed, Apply(UnicodeForm.Decomposed, text));
        Assert.Equal(composed, Apply(Nfc, text));
    }

    [Fact]
    public void Apply_CompatibilityForms_TakeLigaturesApart()
    {
        Assert.Equal(['f', 'i'], Apply(Nfkd, [0xFB01]));
        Assert.Equal([0x30AC], Apply(Nfkc, [0xFF76, 0xFF9E]));
    }

    [Fact]
    public void Apply_AnyText_IsStableAndTheFormsAgree()
    {
        var codePoints = Gen.OneOf(
            Gen.Choose(0, 0xD7FF), Gen.Choose(0xE000, 0x10FFFF), Gen.Choose('a', 'z'), Gen.Choose(0x300, 0x36F), Gen.Choose(0xC0, 0x17F),
            Gen.Choose(0x1100, 0x11FF), Gen.Choose(0xAC00, 0xAD00), Gen.Choose(0x1E00, 0x1FFF), Gen.Choose(0xF900, 0xFAFF));

        Prop.ForAll(codePoints.ArrayOf().ToArbitrary(), text =>
        {
            var (nfd, nfc, nfkd, nfkc) = (Apply(UnicodeForm.Decomposed, text), Apply(Nfc, text), Apply(Nfkd, text), Apply(Nfkc, text));
            return nfd.SequenceEqual(Apply(UnicodeForm.Decomposed, nfd)) && nfd.SequenceEqual(Apply(UnicodeForm.Decomposed, nfc))
                && nfc.SequenceEqual(Apply(Nfc, nfd)) && nfc.SequenceEqual(Apply(Nfc, nfc))
                && nfkd.SequenceEqual(Apply(Nfkd, nfc)) && nfkc.SequenceEqual(Apply(Nfc, nfkd));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Apply_LongRunOfMarks_IsSortedByClassWithoutInsertion()
    {
        const int Marks = 200_000;
        int[] text = ['a', .. Enumerable.Range(0, Marks).Select(i => i % 2 == 0 ? 0x301 : 0x323)];

        Assert.Equal(['a', .. Enumerable.Repeat(0x323, Marks / 2), .. Enumerable.Repeat(0x301, Marks / 2)], Apply(UnicodeForm.Decomposed, text));
    }

    private static List<int> Apply(UnicodeForm form, IEnumerable<int> text)
    {
        List<int> codePoints = [.. text];
        form.Apply(codePoints, []);
        return codePoints;
    }
}
