using Distributed.Data.Reading;

namespace Distributed.Worker.Verbs;

/// <summary>Texts of a file or of standard input, one after another, so that a file larger than memory can be encoded.</summary>
internal static class TextSource
{
    /// <summary>Reads texts in their order. A line of a .txt file is a text, an empty one too. A file holds at least one; standard input may hold none.</summary>
    /// <param name="path">File, or `-` for standard input.</param>
    /// <param name="column">Column of a table that holds the text.</param>
    /// <exception cref="DataFormatException">The file cannot be read, or holds no text; thrown while the texts are read.</exception>
    public static IEnumerable<string> Read(string path, string column) => path switch
    {
        "-" => TextLineReader.Read(Console.OpenStandardInput(), "standard input"),
        _ when IsText(path) => TextLineReader.Read(path),
        _ => RequireAny(TableReader.Read(path, [column], []).Select(row => row.RequiredText(column)), path),
    };

    /// <summary>What is wrong with the name of a file of texts; null: nothing, or there is no file.</summary>
    /// <param name="path">File, `-` for standard input, or null.</param>
    /// <param name="others">What may be given beside files.</param>
    public static string? Conflict(string? path, string others = "") => path is null or "-" || IsText(path) || TableReader.IsSupported(path)
        ? null
        : $"{path}: unknown format: expected .txt, .jsonl, .csv or .tsv, each plain or .gz, or .parquet{others}";

    /// <summary>The texts of a file, of which there has to be one.</summary>
    /// <exception cref="DataFormatException">There is none; thrown while they are read.</exception>
    public static IEnumerable<string> RequireAny(IEnumerable<string> texts, string path)
    {
        var isEmpty = true;
        foreach (var text in texts)
        {
            isEmpty = false;
            yield return text;
        }

        if (isEmpty)
            throw new DataFormatException(path, 0, "no texts");
    }

    private static bool IsText(string path) =>
        path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".txt.gz", StringComparison.OrdinalIgnoreCase);
}
