using Distributed.Cli.Output;

namespace Distributed.Cli.Tests.Output;

public sealed class RunLogsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distributed-cli-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Write_SecondStart_AddsToTheFile()
    {
        foreach (var line in new[] { "first", "second" })
        {
            using var logs = new RunLogs(_folder.FullName);
            logs.Write("worker-0", line);
        }

        Assert.Equal(["first", "second"], File.ReadAllLines(Path.Combine(_folder.FullName, "worker-0.clef")));
    }

    [Fact]
    public void Write_FolderThatCannotBe_IsNoFailure()
    {
        var file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "");
        using var logs = new RunLogs(Path.Combine(file, "logs"));

        logs.Write("worker-0", "line");
    }

    [Fact]
    public void Write_FullDisk_IsNoFailure()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "worker-0.clef"), "/dev/full");
        using var logs = new RunLogs(_folder.FullName);

        logs.Write("worker-0", "line");
    }
}
