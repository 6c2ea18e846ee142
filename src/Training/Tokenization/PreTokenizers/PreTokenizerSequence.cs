using System.Collections.Immutable;
using Distributed.Training.Tokenization.Text;

namespace Distributed.Training.Tokenization.PreTokenizers;

/// <summary>Several pre-tokenisers, one after another; none leaves the text in one part.</summary>
internal sealed class PreTokenizerSequence(ImmutableArray<IPreTokenizer> preTokenizers) : IPreTokenizer
{
    /// <inheritdoc/>
    public void Split(PreTokens tokens)
    {
        foreach (var preTokenizer in preTokenizers)
            preTokenizer.Split(tokens);
    }
}
