using System.Net.Sockets;

namespace Distributed.Worker.Collectives;

/// <summary>Whole buffers over a stream socket, blocking and not.</summary>
internal static class SocketTransfer
{
    extension(Socket socket)
    {
        /// <exception cref="EndOfStreamException">The peer closed the connection.</exception>
        public void ReceiveAll(Span<byte> buffer)
        {
            while (buffer.Length > 0)
            {
                int received = socket.Receive(buffer);
                if (received == 0)
                    throw new EndOfStreamException("connection closed");
                buffer = buffer[received..];
            }
        }

        public void SendAll(ReadOnlySpan<byte> buffer)
        {
            while (buffer.Length > 0)
                buffer = buffer[socket.Send(buffer)..];
        }

        /// <exception cref="EndOfStreamException">The peer closed the connection.</exception>
        public async ValueTask ReceiveAllAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            while (buffer.Length > 0)
            {
                int received = await socket.ReceiveAsync(buffer, cancellationToken);
                if (received == 0)
                    throw new EndOfStreamException("connection closed");
                buffer = buffer[received..];
            }
        }

        public async ValueTask SendAllAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
        {
            while (buffer.Length > 0)
                buffer = buffer[await socket.SendAsync(buffer, cancellationToken)..];
        }
    }
}
