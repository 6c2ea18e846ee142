namespace Distributed.Hub.Tests.Serving;

/// <summary>Passes so many bytes on, then breaks the connection.</summary>
internal sealed class BreakingStream(Stream stream, int bytes, Action breakOff) : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await stream.WriteAsync(buffer[..Math.Min(bytes, buffer.Length)], cancellationToken);
        await stream.FlushAsync(cancellationToken);
        if (buffer.Length > bytes)
            breakOff();
    }

    public override void Flush() => stream.Flush();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
