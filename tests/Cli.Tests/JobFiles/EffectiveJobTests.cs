using System.Text.Json;
using Distributed.Cli.JobFiles;
using Distributed.Jobs;

namespace Distributed.Cli.Tests.JobFiles;

public sealed class EffectiveJobTests : IDisposable
{
    private readonly SampleJob _sample = new();

    public void Dispose() => _sample.Dispose();

    [Fact]
    public void Load_Template_GivesTheSameJobFromItsCopy()
    {
        var path = _sample.File;

        var effective = EffectiveJob.Load(path, [], "/elsewhere");

        var copy = _sample.Write("run/job.yaml", effective.Text);
        Assert.Equal(Json(JobFile.Load(path)), Json(JobFile.Load(copy)));
        Assert.Equal(Json(JobFile.Load(path)), Json(effective.Job));
    }

    [Fact]
    public void Load_Overrides_ReachTheJobAndItsText()
    {
        var path = _sample.File;

        var effective = EffectiveJob.Load(path, [new("optimizer.max_steps", "20"), new("workers.count", "3"), new("output.folder", "out")], "/elsewhere");

        var copy = _sample.Write("run/job.yaml", effective.Text);
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
        var path = _sample.Write("bad.yaml", text);

        var e = Assert.Throws<JobFileException>(() => EffectiveJob.Load(path, [new("nonsuch.key", "1"), new("optimizer.max_steps", "20")], "/"));

        Assert.Equal(path, e.Path);
        Assert.Contains(e.Errors, error => error.Line == text.Count(c => c == '\n') && error.Message.Contains("nonsense", StringComparison.Ordinal));
        Assert.Contains(e.Errors, error => error.Line == 0 && error.Message.EndsWith("(with nonsuch.key=1)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("model: {hub: org/name}")]
    [InlineData("model:\n  # a comment\n  hub: 'org/name@v1'  # and another\n  dropout: 0")]
    public void WithModel_Commit_StandsInTheTextAndTheHashIsTheUsers(string model)
    {
        const string Commit = "0123456789abcdef0123456789abcdef01234567";
        var path = _sample.Write("hub.yaml", $"{model}\ndata: {{train: train.jsonl}}\noutput: {{folder: run}}\n");
        var effective = EffectiveJob.Load(path, [], "/elsewhere");
        Assert.True(HubId.TryParse(effective.Job.Model.Hub!, out var id));

        var settled = effective.WithModel(id.At(Commit));

        Assert.Equal($"org/name@{Commit}", EffectiveJob.RecordedHub(settled.Text)?.ToString());
        Assert.Equal($"org/name@{Commit}", JobFile.Load(_sample.Write("run/job.yaml", settled.Text)).Model.Hub);
        Assert.Equal(JobHash.Of(effective.Job), EffectiveJob.RecordedHash(settled.Text));
    }

    [Fact]
    public void RecordedHub_OtherModel_IsNone() => Assert.Null(EffectiveJob.RecordedHub(JobFile.Template));

    [Fact]
    public void Load_NoSuchFile_SaysSo()
        => Assert.Throws<JobFileException>(() => EffectiveJob.Load(Path.Combine(_sample.Folder, "none.yaml"), [], "/"));

    [Fact]
    public void Load_NotYaml_SaysSo()
        => Assert.Throws<JobFileException>(() => EffectiveJob.Load(_sample.Write("bad.yaml", "a: [b"), [new("seed", "1")], "/"));

    [Fact]
    public void Load_NestedWithoutEnd_SaysSo()
    {
        var mistakes = Assert.Throws<JobFileException>(() => EffectiveJob.Load(_sample.Write("deep.yaml", $"a: {new string('[', 100_000)}"), [new("seed", "1")], "/"));

        Assert.Contains("nested too deeply", mistakes.Message, StringComparison.Ordinal);
    }

    private static string Json(Job job) => JsonSerializer.Serialize(job);
}
