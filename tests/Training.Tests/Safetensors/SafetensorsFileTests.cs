using System.Buffers.Binary;
using System.Text;
using Distributed.Testing;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Safetensors;

public sealed class SafetensorsFileTests
{
    [Fact]
    public void Write_AllTypes_ReadBackEqual()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        ScalarType[] types =
        [
            ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16,
            ScalarType.Int64, ScalarType.Int32, ScalarType.Byte, ScalarType.Bool,
        ];
        var tensors = types.ToDictionary(type => $"{type}", type => (arange(-3, 3) * 1.5).view(2, 3).abs().to(type));
        tensors.Add("scalar", tensor(1.25));
        tensors.Add("nothing", zeros(0, 3));

        SafetensorsWriter.Write(folder.PathOf("a"), tensors);
        using var reader = SafetensorsReader.Open(folder.PathOf("a"));

        Assert.Equal("pt", reader.Metadata["format"]);
        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), reader.Tensors.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        foreach (var (name, tensor) in tensors)
        {
            var read = reader.Read(name);
            Assert.Equal(tensor.dtype, read.dtype);
            Assert.Equal(tensor.shape, read.shape);
            Assert.True(tensor.Equals(read));
        }
    }

    [Fact]
    public void Write_AnyOrder_GivesTheSameBytes()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = new() { ["b"] = arange(5), ["a"] = ones(3), ["c"] = ones(2, 2).t(), ["ä \"quoted\""] = zeros(1) };
        using var forwards = new MemoryStream();
        using var backwards = new MemoryStream();

        SafetensorsWriter.Write(forwards, tensors);
        SafetensorsWriter.Write(backwards, tensors.Reverse());

        Assert.Equal(forwards.ToArray(), backwards.ToArray());
    }

    [Fact]
    public void Write_FileOfThePeer_GivesItsBytes()
    {
        using var scope = NewDisposeScope();
        var path = ReferenceData.PathOf("encoder", "encoder.safetensors");
        using var reader = SafetensorsReader.Open(path);
        using var copy = new MemoryStream();

        SafetensorsWriter.Write(copy, reader.Tensors.Select(entry => KeyValuePair.Create(entry.Name, reader.Read(entry.Name))), reader.Metadata);

        Assert.Equal(File.ReadAllBytes(path), copy.ToArray());
    }

    [Fact]
    public void Read_UnknownName_Throws()
    {
        using var reader = SafetensorsReader.Open(ReferenceData.PathOf("encoder", "encoder.safetensors"));

        Assert.Equal(SafetensorsError.MissingTensor, Assert.Throws<SafetensorsException>(() => reader.Read("none")).Error);
        Assert.Null(reader.Find("none"));
    }

    public static TheoryData<string, int, SafetensorsError> BadHeaders => new()
    {
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, SafetensorsError.WrongLength },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, SafetensorsError.WrongLength },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, SafetensorsError.BadShape },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, SafetensorsError.BadShape },
        { """{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, SafetensorsError.BadShape },
        { """{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, SafetensorsError.UnsupportedDtype },
        { """{"a":{"dtype":"3","shape":[8],"data_offsets":[0,8]}}""", 8, SafetensorsError.UnsupportedDtype },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, SafetensorsError.BadOffsets },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, SafetensorsError.BadOffsets },
        { """{"a":{"dtype":"U8","shape":[8],"data_offsets":[9223372036854775799,9223372036854775807]}}""", 8, SafetensorsError.BadOffsets },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, SafetensorsError.BadOffsets },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, SafetensorsError.BadOffsets },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, SafetensorsError.BadOffsets },
        { """{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0, SafetensorsError.BadHeader },
        { """{"a":{"dtype":"F32","shape":[2]}}""", 8, SafetensorsError.BadHeader },
        { """{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, SafetensorsError.BadHeader },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, SafetensorsError.BadHeader },
        { """{"a":7}""", 8, SafetensorsError.BadHeader },
        { """[1]""", 8, SafetensorsError.BadHeader },
        { """{"a":""", 8, SafetensorsError.BadHeader },
        { "", 8, SafetensorsError.BadHeader },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void Open_BadHeader_NamesTheError(string header, int dataBytes, SafetensorsError error)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.PathOf("a"), [.. Length(header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]]);

        var exception = Assert.Throws<SafetensorsException>(() => SafetensorsReader.Open(folder.PathOf("a")));

        Assert.Equal(error, exception.Error);
        Assert.StartsWith(folder.PathOf("a") + ": ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Theory]
    [InlineData(0, 0, SafetensorsError.WrongLength)]
    [InlineData(5, 0, SafetensorsError.WrongLength)]
    [InlineData(8, 100, SafetensorsError.WrongLength)]
    [InlineData(8, (16L << 20) + 1, SafetensorsError.HeaderTooLarge)]
    [InlineData(8, -1, SafetensorsError.HeaderTooLarge)]
    [InlineData(8, long.MaxValue, SafetensorsError.HeaderTooLarge)]
    public void Open_BadLength_NamesTheError(int fileBytes, long headerBytes, SafetensorsError error)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.PathOf("a"), Length(headerBytes)[..fileBytes]);

        Assert.Equal(error, Assert.Throws<SafetensorsException>(() => SafetensorsReader.Open(folder.PathOf("a"))).Error);
    }

    [Fact]
    public void Open_TooManyTensors_NamesTheError()
    {
        using var folder = new TemporaryFolder();
        var entries = Enumerable.Range(0, 100_001).Select(i => $$"""
            "{{i}}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}
            """);
        var header = $"{{{string.Join(",", entries)}}}";
        File.WriteAllBytes(folder.PathOf("a"), [.. Length(header.Length), .. Encoding.UTF8.GetBytes(header)]);

        Assert.Equal(SafetensorsError.TooManyTensors, Assert.Throws<SafetensorsException>(() => SafetensorsReader.Open(folder.PathOf("a"))).Error);
    }

    // 16 MiB of JSON that no tensors are in would make a document of many times that.
    [Theory]
    [InlineData("\"__metadata__\":{", "\"ENTRY\":\"\"", 100_001, "}", 8)]
    [InlineData("\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,0],\"shape\":[", "0", 8_000_000, "]}", 2)]
    public void Open_MoreInTheHeaderThanTensorsNeed_NamesTheError(string start, string entry, int count, string end, int mostCopies)
    {
        using var folder = new TemporaryFolder();
        var header = $"{{{start}{string.Join(",", Enumerable.Range(0, count).Select(i => entry.Replace("ENTRY", $"{i}", StringComparison.Ordinal)))}{end}}}";
        File.WriteAllBytes(folder.PathOf("a"), [.. Length(header.Length), .. Encoding.UTF8.GetBytes(header)]);
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(SafetensorsError.TooManyTensors, Assert.Throws<SafetensorsException>(() => SafetensorsReader.Open(folder.PathOf("a"))).Error);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, (mostCopies * header.Length) + (1 << 20));
    }

    [Fact]
    public void Open_AnyTruncation_Throws()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(ReferenceData.PathOf("encoder", "legacy-config", "legacy.safetensors"));
        foreach (var length in new[] { 0, 1, 7, 8, 9, 100, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(folder.PathOf("a"), bytes[..length]);
            Assert.Throws<SafetensorsException>(() => SafetensorsReader.Open(folder.PathOf("a")));
        }
    }

    private static byte[] Length(long length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        return bytes;
    }
}
