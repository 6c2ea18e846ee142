using Distributed.Training.Tokenization.Text;

namespace Distributed.Training.Tokenization.Normalizers;

/// <summary>Puts something before a text that is not empty.</summary>
internal sealed class PrependNormalizer(byte[] prefix) : INormalizer
{
    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        if (buffer.Text.IsEmpty)
            return;
        buffer.Next.Add(prefix);
        buffer.Next.Add(buffer.Text);
        buffer.Commit();
    }
}
