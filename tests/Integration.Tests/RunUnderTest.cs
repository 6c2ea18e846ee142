using System.Security.Cryptography;

namespace Distributed.Integration.Tests;

/// <summary>A job file and the folder of its run, both gone afterwards.</summary>
internal sealed class RunUnderTest : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distributed-run-");

    public RunUnderTest(string job)
    {
        JobFile = Path.Combine(_folder.FullName, "job.yaml");
        Output = Path.Combine(_folder.FullName, "output");
        File.WriteAllText(JobFile, job.Replace("OUTPUT", Output, StringComparison.Ordinal));
    }

    public string JobFile { get; }

    public string Output { get; }

    public string Model => Path.Combine(Output, "model", "model.safetensors");

    /// <summary>SHA-256 of the trained weights.</summary>
    public string ModelHash => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Model)));

    /// <summary>Writes a file beside the job and returns its path.</summary>
    public string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
