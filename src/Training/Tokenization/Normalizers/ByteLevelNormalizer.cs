using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Normalizers;

/// <summary>Writes every byte as the character that stands for it.</summary>
internal sealed class ByteLevelNormalizer : INormalizer
{
    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        ByteAlphabet.Write(buffer.Text, buffer.Next);
        buffer.Commit();
    }
}
