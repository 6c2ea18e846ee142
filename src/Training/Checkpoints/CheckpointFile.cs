using System.Buffers;
using System.Security.Cryptography;
using Distributed.Data.Files;

namespace Distributed.Training.Checkpoints;

/// <summary>One file of a checkpoint.</summary>
/// <param name="Name">Its name in the folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its content, hexadecimal.</param>
internal sealed record CheckpointFile(string Name, long Bytes, string Sha256)
{
    /// <summary>Writes a new file, hashes what is written, and waits until it is on the disk.</summary>
    public static CheckpointFile Write(string folder, string name, Action<Stream> write)
    {
        string path = Path.Combine(folder, name);
        using var sha256 = SHA256.Create();
        long length;
        using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            using (var hashed = new CryptoStream(file, sha256, CryptoStreamMode.Write, leaveOpen: true))
                write(hashed);
            length = file.Length;
        }
        Durable.SyncFile(path);
        return new CheckpointFile(name, length, Convert.ToHexStringLower(sha256.Hash!));
    }

    /// <exception cref="CheckpointException">The file in <paramref name="folder"/> is not the one that was written.</exception>
    public void Verify(string folder, CancellationToken cancellationToken)
    {
        if (Name != Path.GetFileName(Name))
            throw new CheckpointException(folder, $"its manifest names a file outside of it: {Name}");
        string path = Path.Combine(folder, Name);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (file.Length != Bytes)
            throw new CheckpointException(path, $"{file.Length} bytes instead of {Bytes}");
        if (HashOf(file, cancellationToken) != Sha256)
            throw new CheckpointException(path, "not the content that was written");
    }

    private static string HashOf(FileStream file, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] window = ArrayPool<byte>.Shared.Rent(CheckpointTensors.DefaultWindowBytes);
        try
        {
            while (file.Read(window) is > 0 and var read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                sha256.AppendData(window.AsSpan(..read));
            }
            return Convert.ToHexStringLower(sha256.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }
}
