using System.Buffers.Binary;
using System.IO.Hashing;
using System.Net.Sockets;
using System.Text;

namespace Distributed.Worker.Collectives;

/// <summary>
/// First thing on a connection between two workers: the caller says who it is and whom it wants, the other side answers with the same, turned round.
/// Both check every field. 160 bytes.
/// </summary>
/// <param name="RunId">Run that both belong to.</param>
/// <param name="Key">Generation that is being formed.</param>
/// <param name="From">Rank of the sender.</param>
/// <param name="To">Rank that it means to reach.</param>
internal sealed record PeerHandshake(string RunId, GenerationKey Key, int From, int To)
{
    private const uint Magic = 0x31485044; // "DPH1"
    private const int Bytes = 160;
    private const int RunIdAt = 40;
    private const int MaxRunIdBytes = 104;
    private const int ChecksumAt = 152;

    /// <summary>What the other side has to say in return.</summary>
    public PeerHandshake Answer() => this with { From = To, To = From };

    public async ValueTask SendAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] message = new byte[Bytes];
        Write(message);
        await socket.SendAllAsync(message, cancellationToken);
    }

    /// <exception cref="PeerProtocolException">What came is no handshake.</exception>
    public static async ValueTask<PeerHandshake> ReceiveAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] message = new byte[Bytes];
        await socket.ReceiveAllAsync(message, cancellationToken);
        return Read(message);
    }

    private void Write(Span<byte> message)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(message, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(message[8..], From);
        BinaryPrimitives.WriteInt32LittleEndian(message[12..], To);
        BinaryPrimitives.WriteInt64LittleEndian(message[16..], Key.Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(message[24..], Key.Generation);
        BinaryPrimitives.WriteInt32LittleEndian(message[32..], Encoding.UTF8.GetByteCount(RunId));
        if (!Encoding.UTF8.TryGetBytes(RunId, message.Slice(RunIdAt, MaxRunIdBytes), out _))
            throw new PeerProtocolException($"run id of more than {MaxRunIdBytes} bytes");
        BinaryPrimitives.WriteUInt64LittleEndian(message[ChecksumAt..], XxHash3.HashToUInt64(message[..ChecksumAt]));
    }

    private static PeerHandshake Read(ReadOnlySpan<byte> message)
    {
        int runIdBytes = BinaryPrimitives.ReadInt32LittleEndian(message[32..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(message) != Magic
            || BinaryPrimitives.ReadUInt64LittleEndian(message[ChecksumAt..]) != XxHash3.HashToUInt64(message[..ChecksumAt])
            || runIdBytes is < 0 or > MaxRunIdBytes)
            throw new PeerProtocolException("not a handshake");

        return new PeerHandshake(
            Encoding.UTF8.GetString(message.Slice(RunIdAt, runIdBytes)),
            new GenerationKey(BinaryPrimitives.ReadInt64LittleEndian(message[16..]), BinaryPrimitives.ReadInt64LittleEndian(message[24..])),
            BinaryPrimitives.ReadInt32LittleEndian(message[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(message[12..]));
    }
}
