namespace Distributed.Training.Tokenization.Unicode;

/// <summary>What a code point is in the rules of grapheme clusters (UAX 29).</summary>
internal enum GraphemeKind : byte
{
    /// <summary>Anything else.</summary>
    Other,

    /// <summary>A control character, line separators among them; stands alone.</summary>
    Control,

    /// <summary>Carriage return.</summary>
    Return,

    /// <summary>Line feed.</summary>
    Feed,

    /// <summary>A mark that belongs to what precedes it.</summary>
    Extend,

    /// <summary>A mark that joins Indic consonants, otherwise an <see cref="Extend"/>.</summary>
    Linker,

    /// <summary>Zero width non-joiner: an <see cref="Extend"/> that interrupts Indic conjuncts.</summary>
    NonJoiner,

    /// <summary>Zero width joiner.</summary>
    Joiner,

    /// <summary>A spacing mark, which belongs to what precedes it.</summary>
    Spacing,

    /// <summary>Belongs to what follows it.</summary>
    Prepend,

    /// <summary>Half of a flag.</summary>
    Regional,

    /// <summary>Hangul leading consonant.</summary>
    Leading,

    /// <summary>Hangul vowel.</summary>
    Vowel,

    /// <summary>Hangul trailing consonant.</summary>
    Trailing,

    /// <summary>Hangul syllable without trailing consonant.</summary>
    OpenSyllable,

    /// <summary>Hangul syllable with trailing consonant.</summary>
    ClosedSyllable,

    /// <summary>Extended_Pictographic.</summary>
    Pictographic,

    /// <summary>An Indic consonant.</summary>
    Consonant,
}
