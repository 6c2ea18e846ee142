using Distributed.Data.Reading;

namespace Distributed.Worker.Verbs;

/// <summary>Texts of a file or of standard input, one after another, so that a file larger than memory can be encoded.</summary>
internal static class TextSource
{
    /// <summary>Reads texts in their order. A line of a .txt file is a text, an empty one too.</summary>
    /// <param name="path">File, or `-` for standard input.</param>
    /// <param name="column">Column of a table that holds the text.</param>
    public static IEnumerable<string> Read(string path, string column) => path switch
    {
        "-" => TextLineReader.Read(Console.OpenStandardInput(), "standard input"),
        _ when IsText(path) => TextLineReader.Read(path),
        _ => TableReader.Read(path, [column], []).Select(row => row.RequiredText(column)),
    };

    private static bool IsText(string path) =>
        path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".txt.gz", StringComparison.OrdinalIgnoreCase);
}
