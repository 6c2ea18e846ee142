namespace Distributed.Data.Reading;

/// <summary>One cell of a data file.</summary>
/// <param name="Text">Its text; null where the row lacks it.</param>
/// <param name="IsNumber">Whether the file holds it as a number.</param>
internal readonly record struct TableCell(string? Text, bool IsNumber = false);
