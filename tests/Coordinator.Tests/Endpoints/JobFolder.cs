using System.Globalization;
using Distributed.Coordinator.Hosting;

namespace Distributed.Coordinator.Tests.Endpoints;

/// <summary>A small job with its data in a folder of its own, deleted with it.</summary>
internal sealed class JobFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-test-").FullName;

    public JobFolder(int rows = 24, string extra = "")
    {
        File.WriteAllLines(
            Path.Combine(_folder, "train.jsonl"),
            Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""{"anchor":"a {{i}}","positive":"p {{i}}"}""")));
        File.WriteAllLines(Path.Combine(_folder, "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "p"]);
        File.WriteAllText(JobFile, $"""
            model:
              new:
                vocabulary: vocab.txt
            data:
              train: [train.jsonl]
            batch:
              rows: 8
            output:
              folder: out
            {extra}
            """);
    }

    public string JobFile => Path.Combine(_folder, "job.yaml");

    public string Output => Path.Combine(_folder, "out");

    public CoordinatorArguments Arguments(int workers = 2, bool isFresh = false) => new()
    {
        JobFile = JobFile,
        Workers = workers,
        IsFresh = isFresh,
        Listen = LoopbackAddress.Parse("--listen", "http://127.0.0.1:0"),
        Status = LoopbackAddress.Parse("--status", "http://127.0.0.1:0"),
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
