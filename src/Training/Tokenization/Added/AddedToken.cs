namespace Distributed.Training.Tokenization.Added;

/// <summary>A token that is found in the text before it is cut into words.</summary>
/// <param name="Content">The token.</param>
internal sealed record AddedToken(string Content)
{
    /// <summary>Whether it is none of the language, like <c>[SEP]</c>.</summary>
    public bool IsSpecial { get; init; } = true;

    /// <summary>Whether it is looked for in the normalised text, itself normalised.</summary>
    public bool IsNormalized { get; init; }

    /// <summary>Whether white space before it vanishes.</summary>
    public bool StripsLeft { get; init; }

    /// <summary>Whether white space after it vanishes.</summary>
    public bool StripsRight { get; init; }

    /// <summary>Whether it counts only between characters that are no part of words.</summary>
    public bool IsSingleWord { get; init; }
}
