using System.Text;
using System.Text.Unicode;
using CsvHelper;

namespace Distributed.Data.Reading;

/// <summary>Reads comma- and tab-separated files with a header line. Blank lines are passed over.</summary>
internal static class DelimitedReader
{
    /// <summary>The rows of <paramref name="path"/>.</summary>
    public static IEnumerable<TableRow> Read(string path, ColumnSelection columns, DelimitedFormat format)
    {
        using var stream = DataFile.Open(path);
        using var csv = CsvReader.Create(stream, Options(format), leaveOpen: true);
        var header = Guard(path, line: 1, () => { csv.ReadHeader(); return csv.Headers; });
        if (header.Count == 0)
            throw new DataFormatException(path, 0, "the file is empty");

        var places = columns.FindIn(header, path, line: 1);
        for (var line = 1L; Guard(path, line, csv.Read); line = csv.LineNumber)
        {
            if (csv.FieldCount != header.Count)
                throw new DataFormatException(path, csv.LineNumber, $"fields: {csv.FieldCount}, but the header has {header.Count}");
            var cells = places.Select(place => new TableCell(place < 0 ? null : Text(csv, place, path)));
            yield return new TableRow(path, csv.LineNumber, columns.Names, [.. cells]);
        }
    }

    private static CsvReaderOptions Options(DelimitedFormat format) => new()
    {
        Separator = format.Separator,
        Mode = format.Mode,
        MalformedData = CsvMalformedDataHandling.Throw,
        MaxRecordSize = LineReader.MaxLineBytes,
        TrackLineNumbers = true,
    };

    private static string Text(CsvReader csv, int place, string path)
    {
        var bytes = csv.GetSpan(place);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw new DataFormatException(path, csv.LineNumber, "not valid UTF-8");
    }

    /// <summary>Does what may fail on the file's content; <paramref name="line"/> is the last line that was read.</summary>
    private static T Guard<T>(string path, long line, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CsvFormatException exception)
        {
            throw new DataFormatException(path, Math.Max(line, exception.LineNumber), Reason(exception));
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw DataFile.Unreadable(path, line, exception);
        }
    }

    /// <summary>The parser's own words, without the place that stands before them.</summary>
    private static string Reason(CsvFormatException exception) => exception.Message.Contains(nameof(CsvReaderOptions.MaxRecordSize), StringComparison.Ordinal)
        ? "a row longer than 16 MiB; a quote that is never closed?"
        : exception.Message[(exception.Message.IndexOf("): ", StringComparison.Ordinal) is >= 0 and var end ? end + 3 : 0)..];
}
