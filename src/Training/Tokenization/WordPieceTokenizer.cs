using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Distributed.Training.Tokenization;

/// <summary>
/// BERT's tokenizer, with the ids that the Hugging Face tokenizers library gives (BertNormalizer, BertPreTokenizer, WordPiece). Thread-safe.
/// </summary>
public sealed class WordPieceTokenizer : ITokenizer
{
    private const int AsciiLimit = 128;
    private const int LongestDecomposition = 4; // code points that one becomes at most, each a piece at most

    private readonly WordPieceModel _model;
    private readonly BertNormalizer _normalizer;
    private readonly ImmutableArray<KeyValuePair<string, int>> _typedTokens;
    private readonly SearchValues<string> _typedTokenStarts;
    private readonly CharacterKinds[] _asciiKinds;
    private readonly bool _asciiNeedsNormalizer;
    private readonly int _unknownId;
    private readonly int _classId;
    private readonly int _separatorId;

    /// <summary>Creates a tokenizer.</summary>
    /// <exception cref="ArgumentException">The vocabulary lacks the unknown, class or separator token.</exception>
    public WordPieceTokenizer(Vocabulary vocabulary, WordPieceOptions options)
    {
        Vocabulary = vocabulary;
        Options = options;
        _unknownId = Required(vocabulary, options.UnknownToken);
        _classId = Required(vocabulary, options.ClassToken);
        _separatorId = Required(vocabulary, options.SeparatorToken);
        _model = new WordPieceModel(vocabulary, options.ContinuingPrefix, _unknownId);
        _normalizer = new BertNormalizer(options);
        _asciiNeedsNormalizer = !options.CleanText;
        _asciiKinds = [.. Enumerable.Range(0, AsciiLimit).Select(BertCharacters.KindsOf)];

        // The longest of those that start at one place counts.
        _typedTokens = [.. options.TypedTokens
            .Where(token => token.Length > 0 && vocabulary.Find(token) is not null)
            .OrderByDescending(token => token.Length)
            .Select(token => KeyValuePair.Create(token, Required(vocabulary, token)))];
        _typedTokenStarts = SearchValues.Create([.. _typedTokens.Select(pair => pair.Key)], StringComparison.Ordinal);
    }

    /// <summary>Tokens and ids.</summary>
    public Vocabulary Vocabulary { get; }

    /// <inheritdoc/>
    public int Size => Vocabulary.Size;

    /// <inheritdoc/>
    public int SpecialTokens => 2;

    /// <inheritdoc/>
    public int TrailingSpecialTokens => 1;

    /// <summary>How text is cut.</summary>
    public WordPieceOptions Options { get; }

    /// <inheritdoc/>
    public int[] Encode(ReadOnlySpan<char> text, int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, SpecialTokens);
        var capacity = (int)Math.Min(maxTokens, (long)LongestDecomposition * text.Length + 2);
        var buffer = ArrayPool<int>.Shared.Rent(capacity);
        try
        {
            return [_classId, .. buffer.AsSpan(0, EncodePieces(text, buffer.AsSpan(0, capacity - 2))), _separatorId];
        }
        finally
        {
            ArrayPool<int>.Shared.Return(buffer);
        }
    }

    private static int Required(Vocabulary vocabulary, string token)
        => vocabulary.Find(token) ?? throw new ArgumentException($"the vocabulary has no {token}", nameof(vocabulary));

    private int EncodePieces(ReadOnlySpan<char> text, Span<int> ids)
    {
        var count = 0;
        while (!text.IsEmpty && count < ids.Length)
        {
            var start = text.IndexOfAny(_typedTokenStarts);
            count += EncodePlain(start < 0 ? text : text[..start], ids[count..]);
            if (start < 0 || count == ids.Length)
                break;
            text = text[start..];
            foreach (var (token, id) in _typedTokens)
            {
                if (!text.StartsWith(token, StringComparison.Ordinal))
                    continue;
                ids[count++] = id;
                text = text[token.Length..];
                break;
            }
        }

        return count;
    }

    private int EncodePlain(ReadOnlySpan<char> text, Span<int> ids)
        => !_asciiNeedsNormalizer && Ascii.IsValid(text) ? EncodeAscii(text, ids) : EncodeNormalized(_normalizer.Normalize(text), ids);

    /// <summary>All of the normaliser's work for ASCII in one pass: drop control characters, lower-case, cut at white space and punctuation.</summary>
    private int EncodeAscii(ReadOnlySpan<char> text, Span<int> ids)
    {
        var count = 0;
        var word = new WordBuffer(stackalloc char[256], Options.MaxWordLength);
        foreach (var character in text)
        {
            var kinds = _asciiKinds[character];
            if ((kinds & (CharacterKinds.Removed | CharacterKinds.White | CharacterKinds.Punctuation)) == 0)
            {
                word.Add(Options.LowerCase && char.IsAsciiLetterUpper(character) ? (char)(character | 0x20) : character);
                continue;
            }

            if ((kinds & CharacterKinds.Removed) != 0)
                continue;
            count += EncodeWord(ref word, ids[count..]);
            if ((kinds & CharacterKinds.Punctuation) != 0)
            {
                word.Add(character);
                count += EncodeWord(ref word, ids[count..]);
            }

            if (count == ids.Length)
                return count;
        }

        return count + EncodeWord(ref word, ids[count..]);
    }

    private int EncodeNormalized(List<int> codePoints, Span<int> ids)
    {
        var count = 0;
        var word = new WordBuffer(stackalloc char[256], Options.MaxWordLength);
        foreach (var codePoint in codePoints)
        {
            var kinds = BertCharacters.KindsOf(codePoint);
            if ((kinds & (CharacterKinds.White | CharacterKinds.Punctuation)) != 0)
                count += EncodeWord(ref word, ids[count..]);
            if ((kinds & CharacterKinds.White) == 0)
                word.Add(new Rune(codePoint));
            if ((kinds & CharacterKinds.Punctuation) != 0)
                count += EncodeWord(ref word, ids[count..]);
            if (count == ids.Length)
                return count;
        }

        return count + EncodeWord(ref word, ids[count..]);
    }

    private int EncodeWord(ref WordBuffer word, Span<int> ids)
    {
        var count = 0;
        if (!word.IsEmpty && !ids.IsEmpty)
        {
            if (word.IsTooLong)
                ids[count++] = _unknownId;
            else
                count = _model.Encode(word.Text, ids);
        }

        word.Clear();
        return count;
    }
}
