using Distributed.Cli.JobFiles;
using Distributed.Cli.Output;
using Distributed.Cli.Tests.JobFiles;
using Distributed.Jobs;

namespace Distributed.Cli.Tests.Output;

public sealed class RunFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distributed-cli-");
    private readonly SampleJob _sample = new();
    private readonly EffectiveJob _job;

    public RunFolderTests() => _job = EffectiveJob.Load(_sample.File, [], "/");

    private RunFolder Folder => new(_folder.FullName);

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _sample.Dispose();
    }

    [Fact]
    public void StateFor_EmptyOrMissing_IsFresh()
    {
        Assert.Equal(RunFolderState.Fresh, Folder.StateFor(_job.Job));
        Assert.Equal(RunFolderState.Fresh, new RunFolder(At("none")).StateFor(_job.Job));
    }

    [Fact]
    public void StateFor_LogsOfARunThatNeverBegan_IsFresh()
    {
        Write("job.yaml", "x");
        Write("logs/coordinator.clef", "x");

        Assert.Equal(RunFolderState.Fresh, Folder.StateFor(_job.Job));
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("model/modules.json")]
    public void StateFor_FilesOfSomebodyElse_IsForeign(string name)
    {
        Write(name, "mine");

        Assert.Equal(RunFolderState.Foreign, Folder.StateFor(_job.Job));
    }

    [Fact]
    public void StateFor_SameJob_IsBegunAndThenFinished()
    {
        BeginRun(_job.Text);
        Assert.Equal(RunFolderState.Begun, Folder.StateFor(_job.Job));

        Write("model/modules.json", "[]");
        Assert.Equal(RunFolderState.Finished, Folder.StateFor(_job.Job));
    }

    [Fact]
    public void StateFor_AdapterAloneWhereAMergedModelLies_IsAnotherJob()
    {
        BeginRun(_job.Text);
        Write("model/modules.json", "[]");

        Assert.Equal(RunFolderState.OtherJob, Folder.StateFor(_job.Job with { Output = _job.Job.Output with { Lora = AdapterOutput.Adapter } }));
    }

    [Fact]
    public void StateFor_AnotherSeed_IsAnotherJob()
    {
        BeginRun(_job.Text);

        Assert.Equal(RunFolderState.OtherJob, Folder.StateFor(_job.Job with { Seed = 13 }));
    }

    [Fact]
    public void StateFor_DataThatIsGone_IsStillKnown()
    {
        BeginRun(_job.Text);
        File.Delete(Path.Combine(_sample.Folder, "train.jsonl"));

        Assert.Equal(RunFolderState.OtherJob, Folder.StateFor(_job.Job with { Seed = 13 }));
    }

    [Fact]
    public void StateFor_JobThatIsUnknown_IsLeftToTheCoordinator()
    {
        BeginRun("seed: 12");
        Write("model/modules.json", "[]");

        Assert.Equal(RunFolderState.Begun, Folder.StateFor(_job.Job));
    }

    [Fact]
    public void StateFor_MoreWorkers_IsTheSameJob()
    {
        BeginRun(_job.Text);

        Assert.Equal(RunFolderState.Begun, Folder.StateFor(_job.Job with { Workers = _job.Job.Workers with { Count = 5 } }));
    }

    [Fact]
    public void Clear_ARun_DeletesOnlyWhatARunWrites()
    {
        BeginRun(_job.Text);
        foreach (var name in new[] { "journal.db-wal", "model/modules.json", "model.12.new/x", "checkpoints/step-1/x", "logs/w.clef", "coordinator.json" })
            Write(name, "x");
        Write("notes.txt", "mine");

        Folder.Clear();

        Assert.Equal(["notes.txt"], _folder.EnumerateFileSystemInfos().Select(entry => entry.Name));
    }

    [Fact]
    public void Clear_FolderOfSomebodyElse_IsRefused()
    {
        Write("model/modules.json", "mine");

        Assert.Throws<RunFolderException>(Folder.Clear);
        Assert.True(File.Exists(At("model/modules.json")));
    }

    [Fact]
    public void TryTake_FolderInUse_IsNull()
    {
        using var first = RunLock.TryTake(_folder.FullName);

        Assert.NotNull(first);
        Assert.Null(RunLock.TryTake(_folder.FullName));
    }

    [Fact]
    public async Task WaitForCoordinatorAsync_NoneOrOneThatEnds_IsTrue()
    {
        Assert.True(await RunLock.WaitForCoordinatorAsync(_folder.FullName, TimeProvider.System));

        var held = new FileStream(At("coordinator.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var waiting = RunLock.WaitForCoordinatorAsync(_folder.FullName, TimeProvider.System);
        Assert.False(waiting.IsCompleted);
        await held.DisposeAsync();

        Assert.True(await waiting);
    }

    private void BeginRun(string job)
    {
        Write("journal.db", "x");
        Write("job.yaml", job);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }
}
