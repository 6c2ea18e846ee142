using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Distributed.Data.Reading;

/// <summary>SHA-256 over rows as they are read.</summary>
internal sealed class TrainingSetFingerprint : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="label">Name of its class; null without classes.</param>
    /// <param name="hasScore">Whether the dataset has scores.</param>
    public void Add(TrainingRow row, string? label, bool hasScore)
    {
        foreach (var text in row.Texts)
            Add(text);
        Add(label);
        if (hasScore)
            Add(row.Score);
    }

    /// <summary>Adds a text, or that it is missing.</summary>
    public void Add(string? text)
    {
        var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, text is null ? -1 : bytes.Length);
        _hash.AppendData(length);
        _hash.AppendData(bytes);
    }

    private void Add(float number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, number);
        _hash.AppendData(bytes);
    }

    /// <summary>The hash of everything added, in lower-case hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
