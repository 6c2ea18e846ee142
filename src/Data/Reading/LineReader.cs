using System.Text;
using System.Text.Unicode;

namespace Distributed.Data.Reading;

/// <summary>Reads a text file, plain or gzip, line by line, with a limit on the length of a line.</summary>
internal static class LineReader
{
    /// <summary>Longest line, in bytes.</summary>
    public const int MaxLineBytes = 16 << 20;

    private const int ReadBytes = 64 << 10;

    /// <summary>The lines of a file. A byte order mark at its start is no part of the first.</summary>
    /// <exception cref="DataFormatException">The file is missing, empty, cut short, not UTF-8, or a line is too long.</exception>
    public static IEnumerable<TextLine> Read(string path)
    {
        using var stream = DataFile.Open(path);
        var isEmpty = true;
        foreach (var line in Read(stream, path))
        {
            isEmpty = false;
            yield return line;
        }
        if (isEmpty)
            throw new DataFormatException(path, 0, "the file is empty");
    }

    /// <summary>The lines of an open stream, none where there is nothing in it. A byte order mark at its start is no part of the first.</summary>
    /// <exception cref="DataFormatException">The content is cut short, not UTF-8, or a line is too long; it names <paramref name="path"/>.</exception>
    public static IEnumerable<TextLine> Read(Stream stream, string path)
    {
        var buffer = new byte[ReadBytes];
        var start = 0;
        var end = 0;
        var searched = 0;
        for (long number = 1; ;)
        {
            var newline = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                yield return Line(path, number++, buffer.AsMemory(start, searched + newline - start));
                start = searched = searched + newline + 1;
                continue;
            }
            searched = end;
            if (end - start > MaxLineBytes)
                throw TooLong(path, number);
            if (end == buffer.Length)
                buffer = MakeRoom(buffer, ref start, ref end, ref searched);
            var read = DataFile.Read(stream, path, number, buffer.AsSpan(end));
            end += read;
            if (read > 0)
                continue;
            if (start < end)
                yield return Line(path, number, buffer.AsMemory(start, end - start));
            yield break;
        }
    }

    private static DataFormatException TooLong(string path, long number) => new(path, number, "a line longer than 16 MiB");

    private static byte[] MakeRoom(byte[] buffer, ref int start, ref int end, ref int searched)
    {
        var kept = buffer.AsSpan(start, end - start);
        var roomy = kept.Length > buffer.Length / 2 ? new byte[2 * buffer.Length] : buffer;
        kept.CopyTo(roomy);
        (start, end, searched) = (0, kept.Length, kept.Length);
        return roomy;
    }

    private static TextLine Line(string path, long number, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxLineBytes)
            throw TooLong(path, number);
        if (number == 1 && bytes.Span.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        if (bytes.Span.EndsWith("\r"u8))
            bytes = bytes[..^1];
        return Utf8.IsValid(bytes.Span) ? new TextLine(number, bytes) : throw new DataFormatException(path, number, "not valid UTF-8");
    }
}
