namespace Distributed.Training.Tokenization.Unicode;

/// <summary>Classes of code points, as the tokenizers library's regular expressions and its language's character type know them.</summary>
[Flags]
internal enum UnicodeKinds : byte
{
    /// <summary>Nothing of the following.</summary>
    None = 0,

    /// <summary><c>\p{L}</c> of byte-level patterns.</summary>
    Letter = 1,

    /// <summary><c>\p{N}</c> of byte-level patterns.</summary>
    Number = 2,

    /// <summary>A digit or other number, one Unicode version later than <see cref="Number"/>.</summary>
    Numeric = 4,

    /// <summary>White_Space, <c>\s</c>.</summary>
    White = 8,

    /// <summary><c>\w</c>: alphabetic, marks, decimal digits, connectors, join controls.</summary>
    Word = 16,

    /// <summary>General category M.</summary>
    Mark = 32,
}
