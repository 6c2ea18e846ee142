using System.IO.Compression;
using System.Text;

namespace Distributed.Data.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distributed-tests-");

    public string Path => _folder.FullName;

    /// <summary>Absolute path of a file in the folder, existing or not.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a text file, gzip where its name ends in `.gz`, and returns its path.</summary>
    public string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    /// <summary>Writes a file, gzip where its name ends in `.gz`, and returns its path.</summary>
    public string Write(string name, ReadOnlySpan<byte> content)
    {
        using var file = System.IO.File.Create(File(name));
        using Stream stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(content);
        return File(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
