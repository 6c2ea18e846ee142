using System.Text.Json;
using Distributed.Cli.JobFiles;
using Distributed.Jobs;

namespace Distributed.Cli.Tests.JobFiles;

public sealed class EffectiveJobTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distributed-cli-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Load_Template_GivesTheSameJobFromItsCopy()
    {
        var path = Write(JobFile.Template);

        var effective = EffectiveJob.Load(path, [], "/elsewhere");

        var copy = Path.Combine(_folder.CreateSubdirectory("run").FullName, "job.yaml");
        File.WriteAllText(copy, effective.Text);
        Assert.Equal(Json(JobFile.Load(path)), Json(JobFile.Load(copy)));
        Assert.Equal(Json(JobFile.Load(path)), Json(effective.Job));
    }

    [Fact]
    public void Load_Overrides_ReachTheJobAndItsText()
    {
        var path = Write(JobFile.Template);

        var effective = EffectiveJob.Load(path, [new("optimizer.max_steps", "20"), new("workers.count", "3"), new("output.folder", "out")], "/elsewhere");

        var copy = Path.Combine(_folder.FullName, "copy.yaml");
        File.WriteAllText(copy, effective.Text);
        foreach (var job in new[] { effective.Job, JobFile.Load(copy) })
        {
            Assert.Equal(20, job.Optimizer.MaxSteps);
            Assert.Equal(3, job.Workers.Count);
            Assert.Equal("/elsewhere/out", job.Output.Folder);
        }
    }

    [Fact]
    public void Load_Mistakes_AreReportedInLinesOfTheUsersFile()
    {
        var text = JobFile.Template + "nonsense: 1\n";
        var path = Write(text);

        var e = Assert.Throws<JobFileException>(() => EffectiveJob.Load(path, [new("nonsuch.key", "1"), new("optimizer.max_steps", "20")], "/"));

        Assert.Equal(path, e.Path);
        Assert.Contains(e.Errors, error => error.Line == text.Count(c => c == '\n') && error.Message.Contains("nonsense", StringComparison.Ordinal));
        Assert.Contains(e.Errors, error => error.Line == 0 && error.Message.EndsWith("(with nonsuch.key=1)", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_NoSuchFile_SaysSo()
        => Assert.Throws<JobFileException>(() => EffectiveJob.Load(Path.Combine(_folder.FullName, "none.yaml"), [], "/"));

    [Fact]
    public void Load_NotYaml_SaysSo()
        => Assert.Throws<JobFileException>(() => EffectiveJob.Load(Write("a: [b"), [new("seed", "1")], "/"));

    private string Write(string text)
    {
        var path = Path.Combine(_folder.FullName, "user.yaml");
        File.WriteAllText(path, text);
        return path;
    }

    private static string Json(Job job) => JsonSerializer.Serialize(job);
}
