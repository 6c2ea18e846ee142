using Distributed.Training.Tokenization.Text;

namespace Distributed.Training.Tokenization.Normalizers;

/// <summary>Changes text before it is cut into words. Immutable.</summary>
internal interface INormalizer
{
    /// <summary>Normalises the text of the buffer.</summary>
    void Normalize(TextBuffer buffer);
}
