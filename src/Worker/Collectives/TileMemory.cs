using System.Runtime.InteropServices;

namespace Distributed.Worker.Collectives;

/// <summary>A piece of a caller's buffer, of bytes or of floats, seen as bytes only where it is read or written (a buffer of floats may exceed 2 GiB).</summary>
internal readonly struct TileMemory
{
    private readonly Memory<byte> _bytes;
    private readonly Memory<float> _floats;

    public TileMemory(Memory<byte> bytes) => _bytes = bytes;

    public TileMemory(Memory<float> floats) => _floats = floats;

    /// <summary>The piece's bytes.</summary>
    public Span<byte> Span => _floats.IsEmpty ? _bytes.Span : MemoryMarshal.AsBytes(_floats.Span);
}
