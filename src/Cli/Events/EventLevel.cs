namespace Distributed.Cli.Events;

/// <summary>How much an event matters; Serilog's names.</summary>
internal enum EventLevel
{
    /// <summary>For those who look for a fault.</summary>
    Debug,

    /// <summary>A change of state.</summary>
    Information,

    /// <summary>Something went wrong and was mended.</summary>
    Warning,

    /// <summary>Something went wrong.</summary>
    Error,

    /// <summary>The process cannot go on.</summary>
    Fatal,
}
