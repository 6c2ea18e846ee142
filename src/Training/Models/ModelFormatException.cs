namespace Distributed.Training.Models;

/// <summary>A model folder that cannot be read, or that holds what is not supported. The message is one line with the path.</summary>
public sealed class ModelFormatException : Exception
{
    private const int MaxReason = 400;

    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="reason">What is wrong, and what was expected.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ModelFormatException(string path, string reason, Exception? innerException = null)
        : base($"{path}: {OneLine(reason)}", innerException)
    {
        Path = path;
        Reason = OneLine(reason);
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>What is wrong, without the path.</summary>
    public string Reason { get; }

    // Reasons quote what stands in files: any character, any length.
    private static string OneLine(string reason)
    {
        var line = reason.Length > MaxReason ? reason[..MaxReason] + "…" : reason;
        return line.Any(char.IsControl) ? string.Concat(line.Select(character => char.IsControl(character) ? ' ' : character)) : line;
    }
}
