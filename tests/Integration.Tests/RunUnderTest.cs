using System.Security.Cryptography;

namespace Distributed.Integration.Tests;

/// <summary>A job file and the folder of its run, both gone afterwards.</summary>
internal sealed class RunUnderTest : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distributed-run-");
    private readonly string _job;

    public RunUnderTest(string job)
    {
        _job = job;
        JobFile = Path.Combine(_folder.FullName, "job.yaml");
        Output = Path.Combine(_folder.FullName, "output");
        WriteJob();
    }

    public string JobFile { get; }

    public string Output { get; private set; }

    public string Model => Path.Combine(Output, "model", "model.safetensors");

    /// <summary>SHA-256 of the trained weights.</summary>
    public string ModelHash => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Model)));

    /// <summary>Folders of the checkpoints, oldest first.</summary>
    public IReadOnlyList<string> Checkpoints => [.. Directory.GetDirectories(Path.Combine(Output, "checkpoints"), "step-*").Order(StringComparer.Ordinal)];

    /// <summary>Moves the run's folder, and has the job name the new place.</summary>
    public void Move()
    {
        var place = Path.Combine(_folder.FullName, "moved");
        Directory.Move(Output, place);
        Output = place;
        WriteJob();
    }

    /// <summary>Writes a file beside the job and returns its path.</summary>
    public string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void WriteJob() => File.WriteAllText(JobFile, _job.Replace("OUTPUT", Output, StringComparison.Ordinal));
}
