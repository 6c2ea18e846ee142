using System.Collections.Immutable;
using Distributed.Training.Tokenization.Text;

namespace Distributed.Training.Tokenization.Normalizers;

/// <summary>Several normalisers, one after another; none leaves the text as it is.</summary>
internal sealed class NormalizerSequence(ImmutableArray<INormalizer> normalizers) : INormalizer
{
    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        foreach (var normalizer in normalizers)
            normalizer.Normalize(buffer);
    }
}
