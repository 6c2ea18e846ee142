namespace Distributed.Training.Models;

/// <summary>A model folder that cannot be read, or that holds what is not supported. The message is one line with the path.</summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="reason">What is wrong, and what was expected.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ModelFormatException(string path, string reason, Exception? innerException = null)
        : base($"{path}: {reason}", innerException)
    {
        Path = path;
        Reason = reason;
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>What is wrong, without the path.</summary>
    public string Reason { get; }
}
