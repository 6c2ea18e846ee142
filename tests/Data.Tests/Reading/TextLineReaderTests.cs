using System.IO.Compression;
using Distributed.Data.Reading;

namespace Distributed.Data.Tests.Reading;

public sealed class TextLineReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("text-line-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_EmptyLinesAndLineBreaks_GivesEveryLine() =>
        Assert.Equal(["größer", "", "b", "c"], TextLineReader.Read(Written("t.txt", "größer\r\n\nb\nc"u8)));

    [Fact]
    public void Read_EmptyFile_IsRefused()
    {
        var path = Written("t.txt", []);

        Assert.Equal($"{path}: the file is empty", Assert.Throws<DataFormatException>(() => TextLineReader.Read(path).Count()).Message);
    }

    [Fact]
    public void Read_StreamWithNothingInIt_GivesNone() => Assert.Empty(TextLineReader.Read(Stream.Null, "standard input"));

    [Fact]
    public void Read_InvalidUtf8_NamesTheLine()
    {
        var path = Written("t.txt", [(byte)'a', (byte)'\n', 0xC3, (byte)'\n']);

        var refused = Assert.Throws<DataFormatException>(() => TextLineReader.Read(path).Count());

        Assert.Equal($"{path}:2: not valid UTF-8", refused.Message);
    }

    [Fact]
    public void Read_CompressedFileCutAnywhere_IsRefused()
    {
        var whole = Compressed("a first line\nanother one\nthe last one\n"u8);
        Assert.Equal(3, TextLineReader.Read(Written("t.txt.gz", whole)).Count());

        for (var length = 0; length < whole.Length; length++)
        {
            var path = Written("t.txt.gz", whole.AsSpan(0, length));
            Assert.Throws<DataFormatException>(() => TextLineReader.Read(path).Count());
        }
    }

    private string Written(string name, ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static byte[] Compressed(ReadOnlySpan<byte> content)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(content);
        return packed.ToArray();
    }
}
