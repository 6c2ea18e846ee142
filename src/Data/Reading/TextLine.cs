namespace Distributed.Data.Reading;

/// <summary>A line of a text file, valid UTF-8, without its line break. The memory is reused for the next line.</summary>
/// <param name="Number">Number of the line, from 1.</param>
/// <param name="Utf8">Its bytes.</param>
internal readonly record struct TextLine(long Number, ReadOnlyMemory<byte> Utf8)
{
    /// <summary>Whether there is nothing but white space on it.</summary>
    public bool IsBlank => Utf8.Span.IndexOfAnyExcept(" \t\r"u8) < 0;
}
