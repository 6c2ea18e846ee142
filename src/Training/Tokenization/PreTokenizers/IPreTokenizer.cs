using Distributed.Training.Tokenization.Text;

namespace Distributed.Training.Tokenization.PreTokenizers;

/// <summary>Cuts text into the words that the subword model gets. Immutable.</summary>
internal interface IPreTokenizer
{
    /// <summary>Cuts every part further.</summary>
    void Split(PreTokens tokens);
}
