using Distributed.Jobs;

namespace Distributed.Cli.Tests.JobFiles;

/// <summary>A folder with a job file and the files it names.</summary>
internal sealed class SampleJob : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distributed-cli-");

    public SampleJob()
    {
        Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n");
        Write("train.jsonl", "{\"anchor\":\"a\",\"positive\":\"b\"}\n");
        File = Write("user.yaml", JobFile.Template);
    }

    /// <summary>Path of the job file.</summary>
    public string File { get; }

    public string Folder => _folder.FullName;

    /// <summary>Writes a file of the folder; its path.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
