using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Distributed.Training.Inference;
using Distributed.Training.Inference.Output;

namespace Distributed.Training.Tests.Inference.Output;

public sealed class EmbeddingWriterTests
{
    private static readonly float[] Values = [1, -2.5f, 0.1f, 3e-20f, 7, float.MaxValue];

    [Fact]
    public void Numpy_TwoPieces_HasHeaderOfTheWhole()
    {
        var file = Write(stream => new NumpyEmbeddingWriter(stream));

        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0], file[..8]);
        var headerBytes = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        var header = Encoding.ASCII.GetString(file, 10, headerBytes);
        Assert.StartsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", header, StringComparison.Ordinal);
        Assert.EndsWith("\n", header, StringComparison.Ordinal);
        Assert.Equal(0, (10 + headerBytes) % 64);
        Assert.Equal(Values, MemoryMarshal.Cast<byte, float>(file.AsSpan(10 + headerBytes)));
    }

    [Fact]
    public void Safetensors_TwoPieces_HasHeaderOfTheWhole()
    {
        var file = Write(stream => new SafetensorsEmbeddingWriter(stream));

        var headerBytes = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, headerBytes));
        var tensor = header.RootElement.GetProperty("embeddings");
        Assert.Equal("F32", tensor.GetProperty("dtype").GetString());
        Assert.Equal([3, 2], tensor.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal([0, file.Length - 8 - headerBytes], tensor.GetProperty("data_offsets").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal(Values, MemoryMarshal.Cast<byte, float>(file.AsSpan(8 + headerBytes)));
    }

    [Fact]
    public void JsonLines_EachRow_IsALineThatGivesTheNumbersBack()
    {
        var lines = Encoding.UTF8.GetString(Write(stream => new JsonLinesEmbeddingWriter(stream))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var rows = lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["a \"quoted\" text", "größer", "c"], rows.Select(row => row.GetProperty("text").GetString()));
        Assert.Contains("größer", lines[1], StringComparison.Ordinal);
        Assert.Equal(Values, rows.SelectMany(row => row.GetProperty("embedding").EnumerateArray()).Select(number => number.GetSingle()));
    }

    [Fact]
    public void JsonLines_NumberThatIsNotFinite_IsRefused()
    {
        var writer = new JsonLinesEmbeddingWriter(new MemoryStream());

        var exception = Assert.Throws<InvalidDataException>(() => writer.Write(["a"], new EmbeddingMatrix([1, float.NaN], 2)));
        Assert.Equal("the embedding of \"a\" holds NaN", exception.Message);
    }

    private static byte[] Write(Func<Stream, IEmbeddingWriter> format)
    {
        using var stream = new MemoryStream();
        var writer = format(stream);
        writer.Write(["a \"quoted\" text", "größer"], new EmbeddingMatrix(Values[..4], 2));
        writer.Write(["c"], new EmbeddingMatrix(Values[4..], 2));
        writer.Complete();
        return stream.ToArray();
    }
}
