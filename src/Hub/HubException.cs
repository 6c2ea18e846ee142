namespace Distributed.Hub;

/// <summary>A model that cannot be had from the hub or its cache. The message is one line for the user; it never holds a token.</summary>
public sealed class HubException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="message">The same in words; line breaks become blanks.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public HubException(HubError error, string message, Exception? innerException = null)
        : base(message.ReplaceLineEndings(" "), innerException) => Error = error;

    /// <summary>What is wrong.</summary>
    public HubError Error { get; }

    /// <summary>Whether it may pass by itself.</summary>
    internal bool MayPass { get; init; }

    /// <summary>How long the hub asks to wait; null: it does not say.</summary>
    internal TimeSpan? RetryAfter { get; init; }
}
