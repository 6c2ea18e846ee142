using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Text;

/// <summary>Text on its way through the normalisers: each reads <see cref="Text"/>, writes <see cref="Next"/> and commits, or leaves all as it is.</summary>
internal sealed class TextBuffer
{
    private ByteBuffer _text = new();
    private ByteBuffer _next = new();

    /// <summary>The text so far.</summary>
    public ReadOnlySpan<byte> Text => _text.Span;

    /// <summary>Where the next version is written; empty after a commit.</summary>
    public ByteBuffer Next => _next;

    /// <summary>Memory for normalisers that work on code points.</summary>
    public List<int> CodePoints { get; } = [];

    /// <summary>More of it.</summary>
    public List<int> SpareCodePoints { get; } = [];

    /// <summary>Starts with a text.</summary>
    public void Set(ReadOnlySpan<byte> text)
    {
        _text.Clear();
        _next.Clear();
        _text.Add(text);
    }

    /// <summary>Makes <see cref="Next"/> the text.</summary>
    public void Commit()
    {
        (_text, _next) = (_next, _text);
        _next.Clear();
    }

    /// <summary>Fills <see cref="CodePoints"/> with the text's.</summary>
    public void Decode()
    {
        CodePoints.Clear();
        var text = Text;
        for (var i = 0; i < text.Length;)
        {
            CodePoints.Add(Utf8.Read(text, i, out var length));
            i += length;
        }
    }

    /// <summary>Makes <see cref="CodePoints"/> the text.</summary>
    public void Encode()
    {
        foreach (var codePoint in CodePoints)
            _next.Add(codePoint);
        Commit();
    }

    /// <summary>Gives large memory back.</summary>
    public void Reset()
    {
        _text.Reset();
        _next.Reset();
        Shrink(CodePoints);
        Shrink(SpareCodePoints);
    }

    private static void Shrink(List<int> list)
    {
        const int Kept = 1 << 18;
        list.Clear();
        if (list.Capacity > Kept)
            list.Capacity = 0;
    }
}
