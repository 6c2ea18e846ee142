using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Distributed.Training.Runtime;
using TorchSharp;

namespace Distributed.Training.Safetensors;

/// <summary>
/// Writes safetensors files. The same tensors give the same bytes, whatever order they come in: widest element type first, then by name,
/// as the format's own library does.
/// </summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;
    private const int ChunkBytes = 64 << 20;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the tensors to a new file and syncs nothing: durability is the caller's.</summary>
    /// <param name="path">The file; overwritten.</param>
    /// <param name="tensors">Tensors by name, on any device. They are left as they are.</param>
    /// <param name="metadata">The file's own notes; null: format = pt, which Python's loader asks for.</param>
    public static void Write(string path, IEnumerable<KeyValuePair<string, torch.Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var file = File.Create(path);
        Write(file, tensors, metadata);
    }

    /// <summary>Writes the tensors to a stream.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="tensors">Tensors by name, on any device. They are left as they are.</param>
    /// <param name="metadata">The file's own notes; null: format = pt, which Python's loader asks for.</param>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, torch.Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Write(stream, tensors.Select(pair => Content(pair.Key, pair.Value)), metadata);
    }

    /// <summary>Writes tensors to a stream, wherever their numbers are.</summary>
    internal static void Write(Stream stream, IEnumerable<SafetensorsContent> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.OrderByDescending(tensor => tensor.Dtype).ThenBy(tensor => tensor.Name, StringComparer.Ordinal).ToArray();
        WriteHeader(stream, ordered, metadata ?? new Dictionary<string, string> { ["format"] = "pt" });
        foreach (var tensor in ordered)
            tensor.Write(stream);
    }

    private static SafetensorsContent Content(string name, torch.Tensor tensor) =>
        new(name, SafetensorsDtypes.Of(tensor.dtype), [.. tensor.shape], stream => WriteData(stream, tensor));

    private static void WriteHeader(Stream stream, SafetensorsContent[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(header, Json))
            WriteHeader(json, tensors, metadata);
        var padding = -header.WrittenCount & (Alignment - 1);
        header.GetSpan(padding)[..padding].Fill((byte)' ');
        header.Advance(padding);

        Span<byte> length = stackalloc byte[SafetensorsHeader.LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.WrittenCount);
        stream.Write(length);
        stream.Write(header.WrittenSpan);
    }

    private static void WriteHeader(Utf8JsonWriter json, SafetensorsContent[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject();
        WriteMetadata(json, metadata);
        long offset = 0;
        foreach (var tensor in tensors)
        {
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.Dtype.ToString());
            WriteNumbers(json, "shape", tensor.Shape);
            WriteNumbers(json, "data_offsets", [offset, offset += tensor.ByteCount]);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
            return;
        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ImmutableArray<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void WriteData(Stream stream, torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        var contiguous = tensor.detach().cpu().contiguous();
        var byteCount = contiguous.numel() * SafetensorsDtypes.Of(tensor.dtype).Size;
        foreach (var (start, length) in ByteWindows.Of(byteCount, ChunkBytes))
            stream.Write(contiguous.Bytes(start, length));
    }
}
