using Distributed.Training.Tokenization.Added;
using Distributed.Training.Tokenization.Normalizers;
using Distributed.Training.Tokenization.PreTokenizers;
using Distributed.Training.Tokenization.Subwords;

namespace Distributed.Training.Tokenization;

/// <summary>
/// BERT's tokenizer, with the ids that the Hugging Face tokenizers library gives (BertNormalizer, BertPreTokenizer, WordPiece). Thread-safe.
/// </summary>
public sealed class WordPieceTokenizer : ITokenizer
{
    private readonly Tokenizer _tokenizer;

    /// <summary>Creates a tokenizer.</summary>
    /// <exception cref="ArgumentException">The vocabulary lacks the unknown, class or separator token.</exception>
    public WordPieceTokenizer(Vocabulary vocabulary, WordPieceOptions options)
    {
        Vocabulary = vocabulary;
        Options = options;
        var parts = new TokenizerParts
        {
            AddedTokens = [.. options.TypedTokens.Where(token => vocabulary.Find(token) is not null).Select(token => new AddedToken(token))],
            Normalizer = new BertNormalizer(options.CleanText, options.SplitIdeographs, options.StripsAccents, options.LowerCase),
            PreTokenizer = new BertPreTokenizer(),
            Model = new WordPieceModel(vocabulary, options.UnknownToken, options.ContinuingPrefix, options.MaxWordLength),
        };
        var frame = new SpecialTokenFrame([vocabulary.Required(options.ClassToken)], [vocabulary.Required(options.SeparatorToken)]);
        _tokenizer = new Tokenizer(parts, _ => frame);
    }

    /// <summary>Tokens and ids.</summary>
    public Vocabulary Vocabulary { get; }

    /// <inheritdoc/>
    public int Size => Vocabulary.Size;

    /// <inheritdoc/>
    public int SpecialTokens => _tokenizer.SpecialTokens;

    /// <summary>How text is cut.</summary>
    public WordPieceOptions Options { get; }

    /// <inheritdoc/>
    public int[] Encode(ReadOnlySpan<char> text, int maxTokens) => _tokenizer.Encode(text, maxTokens);
}
