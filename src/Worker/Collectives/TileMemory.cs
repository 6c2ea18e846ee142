using System.Runtime.InteropServices;

namespace Distributed.Worker.Collectives;

/// <summary>A piece of a caller's buffer, of bytes or of floats, seen as bytes only where it is read or written (a buffer of floats may exceed 2 GiB).</summary>
internal readonly struct TileMemory
{
    private readonly Memory<byte> _bytes;
    private readonly Memory<float> _floats;

    public TileMemory(Memory<byte> bytes) => _bytes = bytes;

    public TileMemory(Memory<float> floats) => _floats = floats;

    /// <summary>Number of bytes.</summary>
    public long Length => _bytes.Length + ((long)_floats.Length * sizeof(float));

    /// <summary>The piece's bytes, which must be less than 2 GiB.</summary>
    public Span<byte> Span => _floats.IsEmpty ? _bytes.Span : MemoryMarshal.AsBytes(_floats.Span);

    /// <summary>A part of it; in floats <paramref name="start"/> and <paramref name="length"/>, in bytes, are multiples of four.</summary>
    public TileMemory Slice(long start, int length) => _floats.IsEmpty
        ? new(_bytes.Slice((int)start, length))
        : new(_floats.Slice((int)(start / sizeof(float)), length / sizeof(float)));
}
