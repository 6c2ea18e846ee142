namespace Distributed.Training.Tokenization.Text;

/// <summary>What can be searched for in a text. Immutable.</summary>
internal interface ITextPattern
{
    /// <summary>The first match, never an empty one, that starts at a place or later.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="from">The place; the search may not look before it.</param>
    /// <param name="match">The match.</param>
    bool TryFind(ReadOnlySpan<byte> text, int from, out TextRange match);
}
