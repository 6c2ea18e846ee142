using System.Security.Cryptography;
using System.Text;

namespace Distributed.Hub.Remote;

/// <summary>Compares content with the checksum that its etag is.</summary>
internal static class ContentCheck
{
    private const int Sha256Digits = 64;
    private const int Sha1Digits = 40;

    /// <summary>Whether a file holds what <paramref name="facts"/> say. An etag of another kind says nothing but the size.</summary>
    public static async Task<bool> PassesAsync(string path, FileFacts facts, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        if (file.Length != facts.Size)
            return false;
        return !facts.Etag.All(char.IsAsciiHexDigitLower) || facts.Etag.Length switch
        {
            Sha256Digits => facts.Etag == Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)),
            Sha1Digits => facts.Etag == await GitHashAsync(file, cancellationToken),
            _ => true,
        };
    }

    // Git's name of a content is the SHA-1 of its length and itself.
    private static async Task<string> GitHashAsync(FileStream file, CancellationToken cancellationToken)
    {
#pragma warning disable CA5350 // Git's choice. It finds damage; trust rests on TLS.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {file.Length}\0"));
        var buffer = new byte[1 << 16];
        while (await file.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
