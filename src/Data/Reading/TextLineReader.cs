using System.Text;

namespace Distributed.Data.Reading;

/// <summary>Reads the lines of plain text.</summary>
public static class TextLineReader
{
    /// <summary>The lines of a file, one after another, empty ones too. It is unpacked where its name ends in `.gz`.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, is empty, cut short or not UTF-8; thrown while the lines are read.</exception>
    public static IEnumerable<string> Read(string path) => LineReader.Read(path).Select(Text);

    /// <summary>The lines of a stream that the caller owns, such as standard input; none where there is nothing in it.</summary>
    /// <param name="stream">The text.</param>
    /// <param name="name">What a mistake in it is said to be in.</param>
    /// <exception cref="DataFormatException">The text is not UTF-8; thrown while the lines are read.</exception>
    public static IEnumerable<string> Read(Stream stream, string name) => LineReader.Read(stream, name).Select(Text);

    private static string Text(TextLine line) => Encoding.UTF8.GetString(line.Utf8.Span);
}
