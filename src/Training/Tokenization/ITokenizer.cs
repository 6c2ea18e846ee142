namespace Distributed.Training.Tokenization;

/// <summary>Text → token ids, as the Hugging Face tokenizers library gives them. Thread-safe.</summary>
public interface ITokenizer
{
    /// <summary>Ids run from 0 to below this.</summary>
    int Size { get; }

    /// <summary>Special tokens that every text gets, so the length of "".</summary>
    int SpecialTokens { get; }

    /// <summary>
    /// The ids of a text, special tokens included. A longer text keeps <paramref name="maxTokens"/> − <see cref="SpecialTokens"/> pieces: its first, or its
    /// last where the tokenizer truncates on the left.
    /// </summary>
    /// <param name="text">Any text. Unpaired surrogates count as U+FFFD.</param>
    /// <param name="maxTokens">Most ids; at least <see cref="SpecialTokens"/>.</param>
    int[] Encode(ReadOnlySpan<char> text, int maxTokens);
}
