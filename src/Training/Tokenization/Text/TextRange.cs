namespace Distributed.Training.Tokenization.Text;

/// <summary>A part of a text.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct TextRange(int Start, int Length)
{
    /// <summary>One past the last byte.</summary>
    public int End => Start + Length;
}
