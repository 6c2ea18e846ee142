using System.Collections.Immutable;

namespace Distributed.Data.Reading;

/// <summary>Columns that are wanted from a data file.</summary>
/// <param name="Names">Their names, the required ones first.</param>
/// <param name="RequiredCount">How many are required.</param>
/// <param name="Number">The one of them that holds any number, not whole ones only; null: none does.</param>
internal sealed record ColumnSelection(ImmutableArray<string> Names, int RequiredCount, string? Number)
{
    /// <summary>What a cell of this column may hold, for messages.</summary>
    public string Expected(string name) => name == Number ? "expected a number" : "expected text, or for a class or an id a whole number";

    /// <summary>Place of a column among <see cref="Names"/>; −1 where it is not wanted.</summary>
    public int IndexOf(string name) => Names.IndexOf(name, StringComparer.Ordinal);

    /// <summary>Where each wanted column stands in a file's header; −1 for an optional one that the file lacks.</summary>
    /// <exception cref="DataFormatException">The file lacks a required column, or has a wanted one twice.</exception>
    public int[] FindIn(IReadOnlyList<string> header, string file, long line)
    {
        var twice = Names.FirstOrDefault(name => header.Count(column => column == name) > 1);
        if (twice is not null)
            throw new DataFormatException(file, line, $"two columns '{twice}'");
        var places = Names.Select(name => header.ToList().IndexOf(name)).ToArray();
        var missing = Names.Take(RequiredCount).Where((_, index) => places[index] < 0).ToList();
        if (missing.Count > 0)
            throw Missing(missing, header, file, line);
        return places;
    }

    /// <summary>The exception that says which required columns are missing, and which columns there are.</summary>
    public static DataFormatException Missing(IEnumerable<string> missing, IEnumerable<string> present, string file, long line)
    {
        var names = string.Join(", ", missing.Select(name => $"'{name}'"));
        return new DataFormatException(file, line, $"no column {names}; there are: {string.Join(", ", present)}");
    }
}
