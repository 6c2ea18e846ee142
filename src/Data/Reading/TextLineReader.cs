using System.Text;

namespace Distributed.Data.Reading;

/// <summary>Reads the lines of plain text.</summary>
public static class TextLineReader
{
    /// <summary>The lines of a file, one after another, empty ones too; none where the file is empty. It is unpacked where its name ends in `.gz`.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, is cut short or not UTF-8; thrown while the lines are read.</exception>
    public static IEnumerable<string> Read(string path)
    {
        using var stream = DataFile.Open(path, mayBeEmpty: true);
        foreach (var line in Read(stream, path))
            yield return line;
    }

    /// <summary>The lines of a stream that the caller owns, such as standard input.</summary>
    /// <param name="stream">The text.</param>
    /// <param name="name">What a mistake in it is said to be in.</param>
    /// <exception cref="DataFormatException">The text is not UTF-8; thrown while the lines are read.</exception>
    public static IEnumerable<string> Read(Stream stream, string name) => LineReader.Read(stream, name).Select(line => Encoding.UTF8.GetString(line.Utf8.Span));
}
