using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Distributed.Training.Runtime;
using Microsoft.Win32.SafeHandles;
using TorchSharp;

namespace Distributed.Training.Safetensors;

/// <summary>
/// A safetensors file: the header is read and checked when it is opened, tensors when they are asked for. Thread-safe.
/// Format: https://github.com/huggingface/safetensors.
/// </summary>
public sealed class SafetensorsReader : IDisposable
{
    private const int ChunkBytes = 64 << 20;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly FrozenDictionary<string, SafetensorsEntry> _byName;

    private SafetensorsReader(string path, SafeFileHandle file)
    {
        _path = path;
        _file = file;
        (Tensors, Metadata) = SafetensorsHeader.Parse(path, ReadHeader(), RandomAccess.GetLength(file));
        _byName = Tensors.ToFrozenDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The file.</summary>
    public string Path => _path;

    /// <summary>The tensors in the order of their data.</summary>
    public ImmutableArray<SafetensorsEntry> Tensors { get; }

    /// <summary>The file's own notes, usually format = pt.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="SafetensorsException">It is no safetensors file, or a damaged one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SafetensorsReader Open(string path)
    {
        var file = File.OpenHandle(path);
        try
        {
            return new SafetensorsReader(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The tensor of this name, null if there is none.</summary>
    public SafetensorsEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>A new CPU tensor with the stored values, in the stored type.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor, or the file has been cut meanwhile.</exception>
    public torch.Tensor Read(string name)
    {
        var entry = Find(name) ?? throw new SafetensorsException(_path, SafetensorsError.MissingTensor, $"no tensor {name}");
        var tensor = torch.empty(entry.Shape.AsSpan(), entry.ScalarType);
        foreach (var (start, length) in ByteWindows.Of(entry.ByteCount, ChunkBytes))
            Fill(tensor.Bytes(start, length), entry.Offset + start);
        return tensor;
    }

    /// <summary>Bytes of a stored tensor, in the stored type.</summary>
    /// <param name="entry">A tensor of this file.</param>
    /// <param name="start">First byte in the tensor.</param>
    /// <param name="destination">Receives as many as it has places, which the tensor must have.</param>
    /// <exception cref="SafetensorsException">The file has been cut meanwhile.</exception>
    internal void Read(SafetensorsEntry entry, long start, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + destination.Length, entry.ByteCount);
        Fill(destination, entry.Offset + start);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private byte[] ReadHeader()
    {
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.LengthBytes];
        Fill(prefix, 0);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsHeader.MaxBytes && IsPickled(prefix))
            throw new SafetensorsException(_path, SafetensorsError.Pickled, "it is a pickled file of PyTorch, which is never read, whatever its name; safetensors was expected");
        if (length > SafetensorsHeader.MaxBytes)
            throw new SafetensorsException(_path, SafetensorsError.HeaderTooLarge, $"its header would have {length} bytes, more than {SafetensorsHeader.MaxBytes}");
        if ((long)length > RandomAccess.GetLength(_file) - SafetensorsHeader.LengthBytes)
            throw new SafetensorsException(_path, SafetensorsError.WrongLength, $"truncated: it ends within its header of {length} bytes");
        var header = new byte[length];
        Fill(header, SafetensorsHeader.LengthBytes);
        return header;
    }

    // A zip archive, or a bare pickle of protocol 2 to 5: read as a length, both are far above the limit.
    private static bool IsPickled(ReadOnlySpan<byte> prefix) => prefix.StartsWith("PK\x03\x04"u8) || prefix is [0x80, >= 2 and <= 5, ..];

    private void Fill(Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            var read = RandomAccess.Read(_file, destination, offset);
            if (read == 0)
                throw new SafetensorsException(_path, SafetensorsError.WrongLength, $"truncated: it ends at byte {offset}");
            destination = destination[read..];
            offset += read;
        }
    }
}
