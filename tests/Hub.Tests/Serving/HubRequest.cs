namespace Distributed.Hub.Tests.Serving;

/// <summary>What the test's hub was asked.</summary>
/// <param name="IsCdn">Whether the other host was asked.</param>
/// <param name="Method">GET or HEAD.</param>
/// <param name="Path">The path, not escaped.</param>
/// <param name="Authorization">That header; empty: none.</param>
/// <param name="Range">That header; empty: none.</param>
internal sealed record HubRequest(bool IsCdn, string Method, string Path, string Authorization, string Range)
{
    /// <summary>Whether it is for the content of a file.</summary>
    public bool IsGetOf(string name) => Method == "GET" && Path.EndsWith($"/{name}", StringComparison.Ordinal);
}
