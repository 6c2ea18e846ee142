namespace Distributed.Training.Tokenization.Subwords;

/// <summary>How byte-pair encoding treats words.</summary>
internal sealed record BpeOptions
{
    /// <summary>Token of a character that the vocabulary lacks; without one the character vanishes.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>What stands before a piece that continues a word.</summary>
    public string ContinuingPrefix { get; init; } = "";

    /// <summary>What stands after a piece that ends a word.</summary>
    public string EndSuffix { get; init; } = "";

    /// <summary>Whether neighbouring unknown characters are one token.</summary>
    public bool FusesUnknown { get; init; }

    /// <summary>Whether unknown characters become pieces named <c>&lt;0x41&gt;</c>.</summary>
    public bool FallsBackToBytes { get; init; }

    /// <summary>Whether a word of the vocabulary is one piece whatever the merges say.</summary>
    public bool IgnoresMerges { get; init; }
}
