namespace Distributed.Hub.Remote;

/// <summary>What the hub says of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Etag">Names its content: SHA-256 of a large file, git's hash of a small one, in hexadecimal.</param>
/// <param name="Size">Bytes.</param>
internal sealed record FileFacts(string Name, string Etag, long Size)
{
    /// <summary>Larger than any file of a model, and small enough to be added up over all files of a repository.</summary>
    public const long MostBytes = 1L << 40;

    private const int LongestEtag = 128;

    /// <summary>Whether an etag may name a file of the cache.</summary>
    public static bool IsSafe(string etag) => etag.Length is > 0 and <= LongestEtag && etag[0] != '.' && etag.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>The etag of a header, without quotes and the mark of a weak one.</summary>
    public static string Normalize(string header)
    {
        var etag = header.StartsWith("W/", StringComparison.Ordinal) ? header[2..] : header;
        return etag.Trim('"');
    }
}
