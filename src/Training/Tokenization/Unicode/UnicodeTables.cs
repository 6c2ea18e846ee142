namespace Distributed.Training.Tokenization.Unicode;

/// <summary>
/// Character classes and lower case, embedded with the Unicode version that the tokenizers library has of each: the runtime's own tables change
/// with the runtime, and without ICU it does not normalise.
/// </summary>
internal static class UnicodeTables
{
    /// <summary>One above the last code point.</summary>
    public const int CodePoints = 0x110000;

    private static readonly UnicodeKinds[] Kinds = new UnicodeKinds[CodePoints];
    private static readonly Dictionary<int, int> Lower;

    static UnicodeTables()
    {
        File = TableFile.Read("UnicodeTables.txt");
        foreach (var kind in Enum.GetValues<UnicodeKinds>())
            foreach (var codePoint in File.CodePoints(kind.ToString().ToLowerInvariant()))
                Kinds[codePoint] |= kind;
        Lower = File.Mappings("lower").ToDictionary(pair => pair.Key, pair => pair.Value[0]);
    }

    /// <summary>All tables.</summary>
    public static TableFile File { get; }

    /// <summary>The classes of a code point.</summary>
    public static UnicodeKinds KindsOf(int codePoint) => Kinds[codePoint];

    /// <summary>Whether it is white space.</summary>
    public static bool IsWhite(int codePoint) => (Kinds[codePoint] & UnicodeKinds.White) != 0;

    /// <summary>Lower case of one code point by itself, so there is no final sigma. The dotted capital I (U+0130) has a combining dot (U+0307) after it.</summary>
    public static int ToLower(int codePoint) => Lower.GetValueOrDefault(codePoint, codePoint);
}
