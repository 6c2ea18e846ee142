using System.Globalization;

namespace Distributed.Training.Tokenization;

/// <summary>
/// The character tables of BERT's tokenizer, the same on every machine: neither ICU nor the runtime's newer Unicode version has a part in them.
/// </summary>
internal static class BertCharacters
{
    private const int CodePoints = 0x110000;
    private const int HangulFirst = 0xAC00;
    private const int HangulCount = 11172;
    private const int VowelCount = 21;
    private const int TrailingCount = 28;

    private static readonly CharacterKinds[] Kinds = new CharacterKinds[CodePoints];
    private static readonly Dictionary<int, int[]> Decompositions = [];
    private static readonly Dictionary<int, byte> CombiningClasses = [];

    static BertCharacters()
    {
        using var resource = typeof(BertCharacters).Assembly.GetManifestResourceStream("BertCharacters.txt")!;
        using var reader = new StreamReader(resource);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                Read(line.Split(' '));
        }
    }

    /// <summary>What the tokenizer does with the code point.</summary>
    public static CharacterKinds KindsOf(int codePoint) => Kinds[codePoint];

    /// <summary>Appends the canonical decomposition (NFD) of one code point; the order of combining marks is left to <see cref="Reorder"/>.</summary>
    public static void Decompose(int codePoint, List<int> destination)
    {
        if (codePoint is >= HangulFirst and < HangulFirst + HangulCount)
            DecomposeHangul(codePoint - HangulFirst, destination);
        else if (Decompositions.TryGetValue(codePoint, out var parts))
            destination.AddRange(parts);
        else
            destination.Add(codePoint);
    }

    /// <summary>Puts combining marks into canonical order: runs of them sorted by combining class, stable.</summary>
    public static void Reorder(List<int> codePoints)
    {
        for (var i = 1; i < codePoints.Count; i++)
        {
            var mark = codePoints[i];
            if (CombiningClass(mark) is not (> 0 and var combiningClass))
                continue;
            var place = i;
            for (; place > 0 && CombiningClass(codePoints[place - 1]) > combiningClass; place--)
                codePoints[place] = codePoints[place - 1];
            codePoints[place] = mark;
        }
    }

    private static int CombiningClass(int codePoint) => CombiningClasses.GetValueOrDefault(codePoint);

    // Unicode Standard 3.12: a syllable is leading consonant × vowel × optional trailing consonant.
    private static void DecomposeHangul(int syllable, List<int> destination)
    {
        destination.Add(0x1100 + syllable / (VowelCount * TrailingCount));
        destination.Add(0x1161 + syllable / TrailingCount % VowelCount);
        if (syllable % TrailingCount is > 0 and var trailing)
            destination.Add(0x11A7 + trailing);
    }

    private static void Read(string[] words)
    {
        switch (words[0])
        {
            case "decomposition":
                foreach (var word in words.AsSpan(1))
                    ReadDecomposition(word);
                break;
            case "combining":
                foreach (var word in words.AsSpan(2))
                    ReadRange(word, codePoint => CombiningClasses.Add(codePoint, byte.Parse(words[1], CultureInfo.InvariantCulture)));
                break;
            default:
                var kind = Enum.Parse<CharacterKinds>(words[0], ignoreCase: true);
                foreach (var word in words.AsSpan(1))
                    ReadRange(word, codePoint => Kinds[codePoint] |= kind);
                break;
        }
    }

    private static void ReadDecomposition(string word)
    {
        var sides = word.Split('=');
        Decompositions.Add(Hex(sides[0]), [.. sides[1].Split('+').Select(part => Hex(part))]);
    }

    private static void ReadRange(string word, Action<int> add)
    {
        var ends = word.Split('-');
        for (var codePoint = Hex(ends[0]); codePoint <= Hex(ends[^1]); codePoint++)
            add(codePoint);
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
