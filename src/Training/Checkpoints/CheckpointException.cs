namespace Distributed.Training.Checkpoints;

/// <summary>A checkpoint cannot be written, or what is there is none. The message is one line with the path.</summary>
public sealed class CheckpointException(string path, string reason, Exception? inner = null) : Exception($"{path}: {reason}", inner)
{
    /// <summary>The checkpoint's folder, or a file in it.</summary>
    public string Path { get; } = path;
}
