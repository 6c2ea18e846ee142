namespace Distributed.Hub.Listing;

/// <summary>Names of files in a repository, which become paths in the cache: relative, with single slashes, without a way up.</summary>
internal static class RepositoryPath
{
    private const int Longest = 1024;
    private const int LongestPart = 255;

    /// <summary>Whether a name that the hub gave may be used.</summary>
    public static bool IsSafe(string name) =>
        name.Length is > 0 and <= Longest && !name.Any(c => char.IsControl(c) || c == '\\') && name.Split('/').All(part => part.Length is > 0 and <= LongestPart && part is not ("." or ".."));

    /// <summary>The folder of a file; empty for the repository's own.</summary>
    public static string FolderOf(string name) => name.LastIndexOf('/') is >= 0 and var slash ? name[..slash] : "";

    /// <summary>A file of a folder, which may be the empty one.</summary>
    public static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    /// <summary>The name as it stands in an address.</summary>
    public static string Escape(string name) => string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
}
