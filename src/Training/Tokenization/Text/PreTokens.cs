using System.Runtime.InteropServices;

namespace Distributed.Training.Tokenization.Text;

/// <summary>
/// A text cut into parts, on its way through the pre-tokenisers. Each goes through <see cref="Ranges"/>, adds the new parts and commits; one that changes
/// the text too writes <see cref="NextText"/>, to which its parts then refer.
/// </summary>
internal sealed class PreTokens
{
    private const int Kept = 1 << 16;
    private ByteBuffer _text = new();
    private ByteBuffer _nextText = new();
    private List<TextRange> _ranges = [];
    private List<TextRange> _nextRanges = [];

    /// <summary>The text.</summary>
    public ReadOnlySpan<byte> Text => _text.Span;

    /// <summary>Its parts, in order, none of them empty.</summary>
    public ReadOnlySpan<TextRange> Ranges => CollectionsMarshal.AsSpan(_ranges);

    /// <summary>Whether the text starts where the user's text starts.</summary>
    public bool StartsAtOrigin { get; private set; }

    /// <summary>Where a changed text is written.</summary>
    public ByteBuffer NextText => _nextText;

    /// <summary>Starts with a text in one part.</summary>
    public void Set(ReadOnlySpan<byte> text, bool startsAtOrigin)
    {
        Clear();
        StartsAtOrigin = startsAtOrigin;
        _text.Add(text);
        if (!text.IsEmpty)
            _ranges.Add(new TextRange(0, text.Length));
    }

    /// <summary>The bytes of a part.</summary>
    public ReadOnlySpan<byte> Slice(TextRange range) => _text.Span.Slice(range.Start, range.Length);

    /// <summary>Adds a part, unless it is empty.</summary>
    public void Add(int start, int end)
    {
        if (end > start)
            _nextRanges.Add(new TextRange(start, end - start));
    }

    /// <summary>Makes the added parts the parts of the text.</summary>
    public void Commit()
    {
        (_ranges, _nextRanges) = (_nextRanges, _ranges);
        _nextRanges.Clear();
    }

    /// <summary>Makes <see cref="NextText"/> the text, too.</summary>
    public void CommitText()
    {
        (_text, _nextText) = (_nextText, _text);
        _nextText.Clear();
        Commit();
    }

    /// <summary>Gives large memory back.</summary>
    public void Reset()
    {
        Clear();
        _text.Reset();
        _nextText.Reset();
        if (_ranges.Capacity > Kept || _nextRanges.Capacity > Kept)
            (_ranges, _nextRanges) = ([], []);
    }

    private void Clear()
    {
        _text.Clear();
        _nextText.Clear();
        _ranges.Clear();
        _nextRanges.Clear();
    }
}
