using System.Collections.Immutable;

namespace Distributed.Training.Tokenization;

/// <summary>How text becomes words and words become pieces. The defaults are those of BERT, uncased.</summary>
public sealed record WordPieceOptions
{
    /// <summary>Whether letters are lower-cased.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Whether accents are stripped (canonical decomposition, marks dropped). Null: exactly if <see cref="LowerCase"/>.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Whether control characters are dropped and all white space counts as a space.</summary>
    public bool CleanText { get; init; } = true;

    /// <summary>Whether each ideograph is a word of its own.</summary>
    public bool SplitIdeographs { get; init; } = true;

    /// <summary>What stands before a piece that continues a word.</summary>
    public string ContinuingPrefix { get; init; } = "##";

    /// <summary>Longest word in code points; a longer one is unknown.</summary>
    public int MaxWordLength { get; init; } = 100;

    /// <summary>Token of a word that the vocabulary cannot spell.</summary>
    public string UnknownToken { get; init; } = "[UNK]";

    /// <summary>First token of every text.</summary>
    public string ClassToken { get; init; } = "[CLS]";

    /// <summary>Last token of every text.</summary>
    public string SeparatorToken { get; init; } = "[SEP]";

    /// <summary>Tokens recognised, case-sensitively, in the raw text wherever they are typed.</summary>
    public ImmutableArray<string> TypedTokens { get; init; } = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>Whether accents are stripped, the default resolved.</summary>
    internal bool StripsAccents => StripAccents ?? LowerCase;
}
