using Distributed.Data.Files;

namespace Distributed.Data.Tests.Files;

public sealed class DurableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WriteFile_NewFile_HoldsTheContentAndNothingIsBeside()
    {
        Durable.WriteFile(_folder.File("a"), "content"u8);

        Assert.Equal("content", File.ReadAllText(_folder.File("a")));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void WriteFile_ShorterContentOverOlderOne_LeavesNothingOfTheOlder()
    {
        _folder.Write("a", "a much longer content");
        _folder.Write("a.partial", "left behind by a writer that was killed, and longer");

        Durable.WriteFile(_folder.File("a"), "short"u8);

        Assert.Equal("short", File.ReadAllText(_folder.File("a")));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void WriteFile_TargetCannotBeReplaced_ThrowsAndLeavesNothingBehind()
    {
        Directory.CreateDirectory(_folder.File("a"));
        _folder.Write("a/inside", "x");

        Assert.Throws<IOException>(() => Durable.WriteFile(_folder.File("a"), "content"u8));

        Assert.Equal([_folder.File("a")], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void WriteFile_FolderIsMissing_Throws() =>
        Assert.ThrowsAny<IOException>(() => Durable.WriteFile(_folder.File("missing/a"), "content"u8));

    [Fact]
    public void Sync_ExistingFileAndFolder_Returns()
    {
        Durable.SyncFile(_folder.Write("a", "x"));
        Durable.SyncDirectory(_folder.Path);
    }

    [Fact]
    public void SyncFile_MissingFile_ThrowsWithTheSystemsReason()
    {
        var exception = Assert.Throws<IOException>(() => Durable.SyncFile(_folder.File("missing")));

        Assert.Equal($"cannot open {_folder.File("missing")}: No such file or directory", exception.Message);
    }

    [Fact]
    public void SyncFile_SyncFails_ThrowsWithTheSystemsReason()
    {
        // The kernel cannot sync files of /proc: fsync answers EINVAL.
        var exception = Assert.Throws<IOException>(() => Durable.SyncFile("/proc/self/status"));

        Assert.Equal("cannot sync /proc/self/status: Invalid argument", exception.Message);
    }
}
