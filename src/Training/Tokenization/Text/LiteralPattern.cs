namespace Distributed.Training.Tokenization.Text;

/// <summary>A string, as it is.</summary>
/// <param name="literal">UTF-8, not empty.</param>
internal sealed class LiteralPattern(byte[] literal) : ITextPattern
{
    /// <inheritdoc/>
    public bool TryFind(ReadOnlySpan<byte> text, int from, out TextRange match)
    {
        var found = text[from..].IndexOf(literal);
        match = new TextRange(from + found, literal.Length);
        return found >= 0;
    }
}
