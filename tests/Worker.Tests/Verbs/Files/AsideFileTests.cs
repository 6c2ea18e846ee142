using Distributed.Testing;
using Distributed.Worker.Verbs.Files;

namespace Distributed.Worker.Tests.Verbs.Files;

public sealed class AsideFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Commit_WhatWasWritten_TakesThePlaceOfTheOld()
    {
        File.WriteAllText(_folder.PathOf("a"), "old");
        using (var file = new AsideFile(_folder.PathOf("a")))
        {
            file.Stream.Write("new"u8);
            Assert.Equal("old", File.ReadAllText(_folder.PathOf("a")));
            file.Commit();
        }

        Assert.Equal("new", File.ReadAllText(_folder.PathOf("a")));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Dispose_WithoutCommit_LeavesNothing()
    {
        using (var file = new AsideFile(_folder.PathOf("a")))
            file.Stream.Write("new"u8);

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_BeforeCommit_HasNoName()
    {
        Assert.SkipWhen(UnnamedFile.TryOpen(_folder.Path) is null, "the file system has no files without a name");
        using var file = new AsideFile(_folder.PathOf("a"));
        file.Stream.Write("new"u8);
        file.Stream.Flush();

        Assert.Empty(Directory.GetFiles(_folder.Path)); // which is what a killed process leaves
    }

    [Fact]
    public void Commit_NameThatIsTooLong_IsThatOfTheFileAskedFor()
    {
        var path = _folder.PathOf(new string('a', 255));
        Assert.SkipWhen(UnnamedFile.TryOpen(_folder.Path) is null, "the file system has no files without a name");
        using var file = new AsideFile(path);

        var message = Assert.Throws<IOException>(file.Commit).Message;

        Assert.StartsWith($"{path}: cannot be written: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain(".partial", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_FolderThatIsMissing_SaysSo() =>
        Assert.Contains("there is no such folder", Assert.Throws<DirectoryNotFoundException>(() => new AsideFile(_folder.PathOf("none", "a"))).Message, StringComparison.Ordinal);
}
