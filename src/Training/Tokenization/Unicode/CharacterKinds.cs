namespace Distributed.Training.Tokenization.Unicode;

/// <summary>What the tokenizer does with a code point.</summary>
[Flags]
internal enum CharacterKinds : byte
{
    /// <summary>Part of a word.</summary>
    None = 0,

    /// <summary>Dropped by cleaning; its neighbours join.</summary>
    Removed = 1,

    /// <summary>Becomes a space by cleaning.</summary>
    Space = 2,

    /// <summary>Separates words.</summary>
    White = 4,

    /// <summary>An ideograph, which is a word of its own.</summary>
    Ideograph = 8,

    /// <summary>A mark, dropped where accents are stripped.</summary>
    Mark = 16,

    /// <summary>Punctuation, which is a word of its own.</summary>
    Punctuation = 32,
}
