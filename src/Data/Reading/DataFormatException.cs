namespace Distributed.Data.Reading;

/// <summary>Data that cannot be used: which file, which line, and why. The message is "file:line: reason".</summary>
/// <param name="file">The file.</param>
/// <param name="line">Line from 1, or the number of the row in a Parquet file; 0 where the whole file is meant.</param>
/// <param name="reason">What is wrong and what was expected.</param>
public sealed class DataFormatException(string file, long line, string reason)
    : Exception(line == 0 ? $"{file}: {reason}" : $"{file}:{line}: {reason}")
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>Line from 1, or the number of the row in a Parquet file; 0 where the whole file is meant.</summary>
    public long Line { get; } = line;

    /// <summary>What is wrong and what was expected.</summary>
    public string Reason { get; } = reason;
}
