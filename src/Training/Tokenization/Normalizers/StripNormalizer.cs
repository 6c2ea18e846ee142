using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Normalizers;

/// <summary>Drops white space at the ends of the text.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        var text = buffer.Text;
        var (start, end) = (0, text.Length);
        while (left && start < end && UnicodeTables.IsWhite(Utf8.Read(text, start, out var length)))
            start += length;
        while (right && end > start && UnicodeTables.IsWhite(Utf8.ReadBefore(text, end, out var length)))
            end -= length;
        if (end - start == text.Length)
            return;
        buffer.Next.Add(text[start..end]);
        buffer.Commit();
    }
}
