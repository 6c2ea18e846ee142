namespace Distributed.Training.Safetensors;

/// <summary>A file is no safetensors file that can be read. The message is one line with the path.</summary>
public sealed class SafetensorsException(string path, SafetensorsError error, string reason) : Exception($"{path}: {reason}")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>What is wrong.</summary>
    public SafetensorsError Error { get; } = error;

    /// <summary>What is wrong, in words, without the path.</summary>
    public string Reason { get; } = reason;
}
