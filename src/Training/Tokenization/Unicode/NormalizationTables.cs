using System.Globalization;

namespace Distributed.Training.Tokenization.Unicode;

/// <summary>Decompositions, compositions and combining classes of Unicode 9, the version that the tokenizers library normalises by. Hangul is computed.</summary>
internal static class NormalizationTables
{
    private const int HangulFirst = 0xAC00;
    private const int HangulCount = 11172;
    private const int LeadingFirst = 0x1100;
    private const int LeadingCount = 19;
    private const int VowelFirst = 0x1161;
    private const int VowelCount = 21;
    private const int TrailingFirst = 0x11A7;
    private const int TrailingCount = 28;

    private static readonly Dictionary<int, int[]> Canonical = new(UnicodeTables.File.Mappings("decomposition"));
    private static readonly Dictionary<int, int[]> Compatible = new(UnicodeTables.File.Mappings("compatibility"));
    private static readonly Dictionary<int, byte> Classes = ReadClasses();
    private static readonly Dictionary<(int First, int Second), int> Compositions = ReadCompositions();

    /// <summary>The canonical combining class; 0 for a starter.</summary>
    public static int CombiningClass(int codePoint) => codePoint < 0x300 ? 0 : Classes.GetValueOrDefault(codePoint);

    /// <summary>Appends the complete decomposition of one code point, not reordered.</summary>
    public static void Decompose(int codePoint, bool compatibility, List<int> destination)
    {
        if (codePoint < 0xA0)
            destination.Add(codePoint);
        else if (codePoint is >= HangulFirst and < HangulFirst + HangulCount)
            DecomposeHangul(codePoint - HangulFirst, destination);
        else if ((compatibility && Compatible.TryGetValue(codePoint, out var parts)) || Canonical.TryGetValue(codePoint, out parts))
            destination.AddRange(parts);
        else
            destination.Add(codePoint);
    }

    /// <summary>The code point that two compose to, −1 if there is none.</summary>
    public static int Compose(int first, int second)
    {
        if (first is >= LeadingFirst and < LeadingFirst + LeadingCount && second is >= VowelFirst and < VowelFirst + VowelCount)
            return HangulFirst + ((first - LeadingFirst) * VowelCount + second - VowelFirst) * TrailingCount;
        if (first is >= HangulFirst and < HangulFirst + HangulCount && (first - HangulFirst) % TrailingCount == 0
            && second is > TrailingFirst and < TrailingFirst + TrailingCount)
            return first + second - TrailingFirst;
        return Compositions.GetValueOrDefault((first, second), -1);
    }

    // Unicode Standard 3.12: a syllable is leading consonant × vowel × optional trailing consonant.
    private static void DecomposeHangul(int syllable, List<int> destination)
    {
        destination.Add(LeadingFirst + syllable / (VowelCount * TrailingCount));
        destination.Add(VowelFirst + syllable / TrailingCount % VowelCount);
        if (syllable % TrailingCount is > 0 and var trailing)
            destination.Add(TrailingFirst + trailing);
    }

    private static Dictionary<int, byte> ReadClasses()
        => UnicodeTables.File.Lines("combining")
            .SelectMany(words => words[1..].SelectMany(TableFile.Range).Select(codePoint => (codePoint, Class: words[0])))
            .ToDictionary(pair => pair.codePoint, pair => byte.Parse(pair.Class, CultureInfo.InvariantCulture));

    // Stored are complete decompositions; a composition is of the last part and of what the parts before it compose to.
    private static Dictionary<(int First, int Second), int> ReadCompositions()
    {
        var excluded = UnicodeTables.File.CodePoints("excluded").ToHashSet();
        var compositions = new Dictionary<(int, int), int>();
        foreach (var (codePoint, parts) in Canonical.Where(pair => !excluded.Contains(pair.Key)).OrderBy(pair => pair.Value.Length))
        {
            var first = parts[0];
            foreach (var part in parts.AsSpan(1, parts.Length - 2))
                first = compositions[(first, part)];
            compositions.Add((first, parts[^1]), codePoint);
        }

        return compositions;
    }
}
