using System.Text;
using System.Text.Json;

namespace Distributed.Data.Reading;

/// <summary>Reads JSON Lines: an object a line, a property a column. Blank lines are passed over.</summary>
internal static class JsonLinesReader
{
    /// <summary>The rows of <paramref name="path"/>.</summary>
    public static IEnumerable<TableRow> Read(string path, ColumnSelection columns)
    {
        foreach (var line in LineReader.Read(path))
        {
            if (!line.IsBlank)
                yield return ReadRow(path, line, columns);
        }
    }

    private static TableRow ReadRow(string path, TextLine line, ColumnSelection columns)
    {
        try
        {
            var cells = new TableCell[columns.Names.Length];
            var found = new List<string>();
            var json = new Utf8JsonReader(line.Utf8.Span);
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                throw new DataFormatException(path, line.Number, "expected a JSON object: {\"column\": \"text\", …}");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString()!;
                found.Add(name);
                json.Read();
                if (columns.IndexOf(name) is >= 0 and var index)
                    cells[index] = ReadCell(path, line.Number, name, columns, ref json);
                else
                    json.Skip();
            }
            json.Read();
            var missing = columns.Names.Take(columns.RequiredCount).Where(name => !found.Contains(name)).ToList();
            return missing.Count == 0
                ? new TableRow(path, line.Number, columns.Names, cells)
                : throw ColumnSelection.Missing(missing, found, path, line.Number);
        }
        catch (JsonException exception)
        {
            throw new DataFormatException(path, line.Number, $"broken JSON at character {CharacterAt(line, exception)}: {Reason(exception)}");
        }
        catch (InvalidOperationException)
        {
            throw new DataFormatException(path, line.Number, "broken JSON: an escape such as \\ud800 is half a character");
        }
    }

    private static TableCell ReadCell(string path, long line, string name, ColumnSelection columns, ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.String => new TableCell(json.GetString()),
        JsonTokenType.Null => new TableCell(null),
        JsonTokenType.Number when name == columns.Number || json.TryGetInt64(out _) => new TableCell(Encoding.UTF8.GetString(json.ValueSpan), IsNumber: true),
        var other => throw new DataFormatException(path, line, $"'{name}' is {Describe(other)}: {columns.Expected(name)}"),
    };

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.Number => "a number",
        _ => "true or false",
    };

    private static long CharacterAt(TextLine line, JsonException exception)
    {
        var bytes = (int)Math.Min(exception.BytePositionInLine ?? 0, line.Utf8.Length);
        return Encoding.UTF8.GetCharCount(line.Utf8.Span[..bytes]) + 1;
    }

    /// <summary>The parser's own words, without its count of lines, which is of this one line.</summary>
    private static string Reason(JsonException exception) => exception.Message.Split(" LineNumber:")[0].Split(" Path:")[0];
}
