using System.Text;

namespace Distributed.Training.Tokenization.Text;

/// <summary>Bytes that grow, UTF-8 as a rule.</summary>
internal sealed class ByteBuffer
{
    private const int Kept = 1 << 20;
    private byte[] _bytes = new byte[256];

    /// <summary>How many there are.</summary>
    public int Length { get; private set; }

    /// <summary>The content. Valid until something is appended.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Forgets the content.</summary>
    public void Clear() => Length = 0;

    /// <summary>Forgets the content, and the memory where it was much.</summary>
    public void Reset()
    {
        Length = 0;
        if (_bytes.Length > Kept)
            _bytes = new byte[256];
    }

    /// <summary>Replaces the content by UTF-16 text. Each unpaired surrogate becomes U+FFFD.</summary>
    public void Set(ReadOnlySpan<char> text)
    {
        Length = 0;
        Length = Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetMaxByteCount(text.Length)));
    }

    /// <summary>Appends one byte.</summary>
    public void Add(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    /// <summary>Appends bytes.</summary>
    public void Add(ReadOnlySpan<byte> values)
    {
        values.CopyTo(Reserve(values.Length));
        Length += values.Length;
    }

    /// <summary>Appends a code point.</summary>
    public void Add(int codePoint) => Length += codePoint < 0x80 ? AddAscii(codePoint) : new Rune(codePoint).EncodeToUtf8(Reserve(4));

    /// <summary>Room for bytes that follow the content, to be counted by <see cref="Advance"/>.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max((long)Length + count, 2L * _bytes.Length), Array.MaxLength));
        return _bytes.AsSpan(Length);
    }

    /// <summary>Counts bytes written to what <see cref="Reserve"/> gave.</summary>
    public void Advance(int count) => Length += count;

    private int AddAscii(int codePoint)
    {
        Reserve(1)[0] = (byte)codePoint;
        return 1;
    }
}
