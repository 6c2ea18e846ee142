namespace Distributed.Training.Tokenization.PreTokenizers;

/// <summary>Which parts of a text get a leading space's character.</summary>
internal enum PrependScheme
{
    /// <summary>Every one.</summary>
    Always,

    /// <summary>The one that the text starts with.</summary>
    First,

    /// <summary>None.</summary>
    Never,
}
