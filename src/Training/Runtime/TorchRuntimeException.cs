namespace Distributed.Training.Runtime;

/// <summary>libtorch cannot be loaded on this machine. The message is one line: what was tried and what is missing.</summary>
public sealed class TorchRuntimeException : Exception
{
    /// <summary>Creates the exception.</summary>
    public TorchRuntimeException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public TorchRuntimeException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
