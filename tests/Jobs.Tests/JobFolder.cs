namespace Distributed.Jobs.Tests;

/// <summary>A folder with job files and the files they name; gone after the test.</summary>
internal sealed class JobFolder : IDisposable
{
    /// <summary>A job without a mistake. Its lines are those of <see cref="Minimal"/>.</summary>
    public const string Minimal =
        """
        model:
          new: {vocabulary: vocab.txt}
        data:
          train: train.jsonl
        output: {folder: runs/a}

        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distributed-tests-");

    public JobFolder()
    {
        foreach (var name in (ReadOnlySpan<string>)["vocab.txt", "train.jsonl", "test.jsonl", "corpus.jsonl", "qrels.tsv"])
            System.IO.File.WriteAllText(File(name), "");
    }

    /// <summary>Absolute path of a file in the folder.</summary>
    public string File(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Loads a job with this text.</summary>
    public Job Load(string yaml)
    {
        System.IO.File.WriteAllText(File("job.yaml"), yaml);
        return JobFile.Load(File("job.yaml"));
    }

    /// <summary>What is wrong with a job with this text, each as "line: message".</summary>
    public string[] Mistakes(string yaml)
    {
        var exception = Assert.Throws<JobFileException>(() => Load(yaml));
        Assert.Equal(File("job.yaml"), exception.Path);
        return [.. exception.Errors.Select(error => $"{error.Line}: {error.Message}")];
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
