using System.Buffers.Binary;
using System.IO.Hashing;

namespace Distributed.Worker.Collectives;

/// <summary>What a frame between two workers carries.</summary>
internal enum PeerFrameKind : byte
{
    /// <summary>A piece of the sender's slice of an all-gather.</summary>
    Gather = 1,

    /// <summary>A tile of one of the sender's partial sums, for the owner of its slice.</summary>
    Partial = 2,

    /// <summary>A tile of the finished sum, from the owner of its slice.</summary>
    Sum = 3,

    /// <summary>A piece of a broadcast buffer.</summary>
    Broadcast = 4,

    /// <summary>XxHash128 of a whole broadcast buffer, its last frame.</summary>
    BroadcastHash = 5,

    /// <summary>The sender reached the barrier.</summary>
    Barrier = 6,

    /// <summary>The sender gave the generation up; <see cref="PeerFrame.Part"/> is the rank that it holds responsible.</summary>
    Abort = 7,
}

/// <summary>
/// Header of a frame between two workers: 64 bytes, little-endian, followed by <see cref="PayloadBytes"/> bytes.
/// A frame is at most 4 MiB, and a receiver checks every field against what it expects before it reads the payload.
/// </summary>
/// <param name="Key">Generation that the frame belongs to.</param>
/// <param name="Sequence">Number of the collective operation in its generation, from 1.</param>
/// <param name="Kind">What the payload is.</param>
/// <param name="Part">Partial sums: index of the tree node among the sender's. Aborts: the suspected rank. Otherwise 0.</param>
/// <param name="Offset">Position of the payload in the whole buffer, in bytes.</param>
/// <param name="PayloadBytes">Length of the payload.</param>
internal readonly record struct PeerFrame(GenerationKey Key, long Sequence, PeerFrameKind Kind, int Part, long Offset, int PayloadBytes)
{
    public const int HeaderBytes = 64;
    public const int MaxPayloadBytes = (4 << 20) - HeaderBytes;

    private const uint Magic = 0x31465044; // "DPF1"
    private const int ChecksumAt = 56;

    /// <summary>Writes the header, its checksum over header and payload included.</summary>
    public void Write(Span<byte> header, ReadOnlySpan<byte> payload)
    {
        header[..HeaderBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        header[4] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Part);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], PayloadBytes);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], Key.Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], Key.Generation);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[ChecksumAt..], Checksum(header, payload));
    }

    /// <summary>Reads a header of the generation <paramref name="expected"/>.</summary>
    /// <exception cref="PeerProtocolException">No header, one of another generation, or a payload over the limit.</exception>
    public static PeerFrame Read(ReadOnlySpan<byte> header, GenerationKey expected)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic)
            throw new PeerProtocolException("not a frame");

        var key = new GenerationKey(BinaryPrimitives.ReadInt64LittleEndian(header[16..]), BinaryPrimitives.ReadInt64LittleEndian(header[24..]));
        var frame = new PeerFrame(
            key,
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
            (PeerFrameKind)header[4],
            BinaryPrimitives.ReadInt32LittleEndian(header[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[12..]));
        if (key != expected)
            throw new PeerProtocolException($"frame of generation {key.Incarnation}.{key.Generation}, expected {expected.Incarnation}.{expected.Generation}");
        if (frame.PayloadBytes is < 0 or > MaxPayloadBytes)
            throw new PeerProtocolException($"frame of {frame.PayloadBytes} bytes, at most {MaxPayloadBytes} are allowed");
        return frame;
    }

    /// <exception cref="PeerProtocolException">Header or payload are not what was sent.</exception>
    public static void Verify(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(header[ChecksumAt..]) != Checksum(header, payload))
            throw new PeerProtocolException("frame with a wrong checksum");
    }

    private static ulong Checksum(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        ulong seed = XxHash3.HashToUInt64(header[..ChecksumAt]);
        return XxHash3.HashToUInt64(payload, (long)seed);
    }
}
