namespace Distributed.Training.Tokenization.PreTokenizers;

/// <summary>What becomes of what separates words.</summary>
internal enum SplitBehavior
{
    /// <summary>It is dropped.</summary>
    Removed,

    /// <summary>Each is a word.</summary>
    Isolated,

    /// <summary>It ends the word before it.</summary>
    MergedWithPrevious,

    /// <summary>It starts the word after it.</summary>
    MergedWithNext,

    /// <summary>Neighbouring ones are one word.</summary>
    Contiguous,
}
