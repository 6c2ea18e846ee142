using System.IO.Pipes;
using Distributed.Testing;
using Distributed.Worker.Verbs.Files;

namespace Distributed.Worker.Tests.Verbs.Files;

public sealed class DescriptorStreamTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_MoreThanThePipeHolds_ArrivesWhole()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var reader = new AnonymousPipeClientStream(PipeDirection.In, pipe.ClientSafePipeHandle);
        var content = new byte[300_000];
        new Random(1).NextBytes(content);

        var writing = Task.Run(() =>
        {
            using var stream = new DescriptorStream(pipe.SafePipeHandle);
            stream.Write(content);
            pipe.Dispose();
        }, TestContext.Current.CancellationToken);
        using var read = new MemoryStream();
        await reader.CopyToAsync(read, TestContext.Current.CancellationToken);
        await writing;

        Assert.Equal(content, read.ToArray());
    }

    [Fact]
    public void Write_ReaderHasGone_Throws()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        pipe.DisposeLocalCopyOfClientHandle(); // the only one
        using var stream = new DescriptorStream(pipe.SafePipeHandle);

        Assert.Throws<ReaderGoneException>(() => stream.Write("a"u8));
    }

    [Fact]
    public void Write_DeviceIsFull_SaysSo()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        using var full = File.OpenHandle("/dev/full", access: FileAccess.Write);
        using var stream = new DescriptorStream(full);

        Assert.Equal("standard output: No space left on device", Assert.Throws<IOException>(() => stream.Write("a"u8)).Message);
    }

    [Fact]
    public void Write_DescriptorOfAFile_MovesItOn()
    {
        using (var file = File.OpenHandle(_folder.PathOf("a"), FileMode.CreateNew, FileAccess.Write))
        {
            // Two streams, as two programs of a shell script share one.
            new DescriptorStream(file).Write("first\n"u8);
            new DescriptorStream(file).Write("second\n"u8);
        }

        Assert.Equal("first\nsecond\n", File.ReadAllText(_folder.PathOf("a")));
    }
}
