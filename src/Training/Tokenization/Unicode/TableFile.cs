using System.Globalization;

namespace Distributed.Training.Tokenization.Unicode;

/// <summary>A character table among the assembly's resources: lines of a name and words, most of them ranges of code points (<c>300-36F</c>).</summary>
internal sealed class TableFile
{
    private readonly ILookup<string, string[]> _lines;

    private TableFile(ILookup<string, string[]> lines) => _lines = lines;

    /// <summary>Reads a resource.</summary>
    public static TableFile Read(string resource)
    {
        using var stream = typeof(TableFile).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return new TableFile(reader.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(' '))
            .ToLookup(words => words[0], words => words[1..], StringComparer.Ordinal));
    }

    /// <summary>The names of the lines.</summary>
    public IEnumerable<string> Names => _lines.Select(group => group.Key);

    /// <summary>The lines of a name, without it.</summary>
    public IEnumerable<string[]> Lines(string name) => _lines[name];

    /// <summary>Every code point of the ranges under a name.</summary>
    public IEnumerable<int> CodePoints(string name) => _lines[name].SelectMany(words => words).SelectMany(Range);

    /// <summary>The entries <c>A=B+C</c> under a name.</summary>
    public IEnumerable<KeyValuePair<int, int[]>> Mappings(string name) => _lines[name].SelectMany(words => words).Select(word =>
    {
        var sides = word.Split('=');
        return KeyValuePair.Create(Hex(sides[0]), sides[1].Split('+').Select(Hex).ToArray());
    });

    /// <summary>The code points of one range.</summary>
    public static IEnumerable<int> Range(string word)
    {
        var ends = word.Split('-');
        var first = Hex(ends[0]);
        return Enumerable.Range(first, Hex(ends[^1]) - first + 1);
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
