using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Distributed.Data.Files;

namespace Distributed.Training.Checkpoints;

/// <summary>The list of a checkpoint's files with their SHA-256, written last: a folder without one, or with another content, is no checkpoint.</summary>
/// <param name="Format">1.</param>
/// <param name="StepsDecided">Steps that the state includes.</param>
/// <param name="StepsApplied">Steps whose gradient was applied: skipped ones are decided too.</param>
/// <param name="Files">All other files of the folder.</param>
internal sealed record CheckpointManifest(int Format, long StepsDecided, long StepsApplied, ImmutableArray<CheckpointFile> Files)
{
    public const int CurrentFormat = 1;
    public const string FileName = "manifest.json";

    private const int MaxBytes = 64 << 10;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Writes the manifest of <paramref name="folder"/> and waits until it is on the disk.</summary>
    /// <returns>Its SHA-256, hexadecimal.</returns>
    public string Write(string folder)
    {
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(this, Json);
        Durable.WriteFile(Path.Combine(folder, FileName), content);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    /// <summary>Reads the manifest of a folder and checks every file against it.</summary>
    /// <exception cref="CheckpointException">The folder is not a complete, unaltered checkpoint.</exception>
    public static (CheckpointManifest Manifest, string Sha256) ReadVerified(string folder, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new CheckpointException(path, $"a manifest of more than {MaxBytes} bytes");
            byte[] content = File.ReadAllBytes(path);
            var manifest = JsonSerializer.Deserialize<CheckpointManifest>(content, Json);
            if (manifest is not { Format: CurrentFormat, Files.IsDefault: false })
                throw new CheckpointException(path, $"not a manifest of format {CurrentFormat}");
            foreach (var file in manifest.Files)
                file.Verify(folder, cancellationToken);
            return (manifest, Convert.ToHexStringLower(SHA256.HashData(content)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CheckpointException(folder, $"not a sealed checkpoint: {e.Message}", e);
        }
    }
}
