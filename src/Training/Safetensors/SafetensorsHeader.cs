using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Data.Files;

namespace Distributed.Training.Safetensors;

/// <summary>
/// Reads and checks a header: 8 bytes with its length, then JSON. Everything is checked before anything is allocated for the data:
/// sizes by checked multiplication, offsets contiguous, without overlap, up to the last byte of the file.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>Bytes of the length field.</summary>
    public const int LengthBytes = 8;

    /// <summary>Longest header accepted, in bytes.</summary>
    public const long MaxBytes = 16 << 20;

    /// <summary>Most tensors accepted, and most entries of the metadata.</summary>
    public const int MaxTensors = 100_000;

    /// <summary>Most dimensions of a tensor.</summary>
    public const int MaxDimensions = 8;

    // Name, dtype, shape of 8 sizes, two offsets, keys and brackets are 21; the metadata has 2 for an entry.
    private const int TokensOfTensor = 24;

    /// <summary>Key of the header's entry that is no tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>The tensors in the order of their data, and the metadata.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="header">The JSON.</param>
    /// <param name="fileLength">Length of the file in bytes.</param>
    /// <exception cref="SafetensorsException">The header is not as it should be.</exception>
    public static (ImmutableArray<SafetensorsEntry> Tensors, ImmutableSortedDictionary<string, string> Metadata) Parse(
        string path, ReadOnlyMemory<byte> header, long fileLength)
    {
        try
        {
            if (JsonSize.Exceeds(header.Span, MaxTensors * TokensOfTensor))
                throw new SafetensorsException(path, SafetensorsError.TooManyTensors, $"more in the header than {MaxTensors} tensors need");
            using var json = JsonDocument.Parse(header);
            var metadata = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
            var tensors = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.NameEquals(MetadataKey))
                    metadata = metadata.AddRange(Metadata(path, property.Value));
                else if (tensors.Count == MaxTensors)
                    throw TooMany(path, "tensors");
                else if (!tensors.TryAdd(property.Name, Entry(path, property, LengthBytes + header.Length)))
                    throw new SafetensorsException(path, SafetensorsError.BadHeader, $"tensor {property.Name} stands twice in the header");
            }

            return (InFileOrder(path, tensors.Values, LengthBytes + header.Length, fileLength), metadata);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new SafetensorsException(path, SafetensorsError.BadHeader, $"the header is not that of a safetensors file ({failure.Message.ReplaceLineEndings(" ")})");
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Metadata(string path, JsonElement entries)
        => entries.GetPropertyCount() <= MaxTensors
            ? entries.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, pair.Value.GetString() ?? ""))
            : throw TooMany(path, $"entries of {MetadataKey}");

    private static SafetensorsException TooMany(string path, string what) => new(path, SafetensorsError.TooManyTensors, $"more than {MaxTensors} {what}");

    private static SafetensorsEntry Entry(string path, JsonProperty property, long dataStart)
    {
        var dtypeName = property.Value.GetProperty("dtype").GetString();
        if (!Enum.TryParse<SafetensorsDtype>(dtypeName, out var dtype) || dtypeName != dtype.ToString())
            throw new SafetensorsException(path, SafetensorsError.UnsupportedDtype, $"tensor {property.Name} has dtype {dtypeName}, which is not read here");
        var shape = property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToImmutableArray();
        if (shape.Length > MaxDimensions)
            throw new SafetensorsException(path, SafetensorsError.BadShape, $"tensor {property.Name} has {shape.Length} dimensions, more than {MaxDimensions}");
        var offsets = property.Value.GetProperty("data_offsets");
        if (offsets.GetArrayLength() != 2)
            throw new SafetensorsException(path, SafetensorsError.BadHeader, $"tensor {property.Name} has data_offsets {offsets}");
        var (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
        if (begin < 0 || end < begin || end > long.MaxValue - dataStart)
            throw new SafetensorsException(path, SafetensorsError.BadOffsets, $"tensor {property.Name} has data_offsets {offsets}");
        if (ByteCount(shape, dtype) != end - begin)
            throw new SafetensorsException(path, SafetensorsError.BadShape, $"tensor {property.Name} of shape [{string.Join(", ", shape)}] and dtype {dtype} does not fit its {end - begin} bytes");
        return new SafetensorsEntry { Name = property.Name, Shape = shape, Dtype = dtype, Offset = dataStart + begin, ByteCount = end - begin };
    }

    private static long? ByteCount(ImmutableArray<long> shape, SafetensorsDtype dtype)
    {
        try
        {
            _ = shape.Aggregate(1L, (product, size) => checked(product * Math.Max(size, 1))); // libtorch multiplies the sizes beside a 0, too
            return shape.Any(size => size < 0) ? null : shape.Aggregate((long)dtype.Size, (product, size) => checked(product * size));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static ImmutableArray<SafetensorsEntry> InFileOrder(string path, IEnumerable<SafetensorsEntry> tensors, long dataStart, long fileLength)
    {
        var ordered = tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.ByteCount).ThenBy(tensor => tensor.Name, StringComparer.Ordinal).ToImmutableArray();
        var end = dataStart;
        foreach (var tensor in ordered)
        {
            if (tensor.Offset != end)
                throw new SafetensorsException(path, SafetensorsError.BadOffsets, $"tensor {tensor.Name} {(tensor.Offset < end ? "overlaps another" : "leaves a gap before it")}");
            end = tensor.Offset + tensor.ByteCount;
        }

        if (end > fileLength)
            throw new SafetensorsException(path, SafetensorsError.WrongLength, $"truncated: {fileLength} bytes where the header promises {end}");
        if (end < fileLength)
            throw new SafetensorsException(path, SafetensorsError.WrongLength, $"{fileLength - end} bytes after the last tensor");
        return ordered;
    }
}
