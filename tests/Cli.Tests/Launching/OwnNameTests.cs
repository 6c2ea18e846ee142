using Distributed.Cli.Display;
using Distributed.Cli.Launching;

namespace Distributed.Cli.Tests.Launching;

public sealed class OwnNameTests
{
    [Theory]
    [InlineData("/opt/d/distributed", "/opt/d/", "/bin:/opt/d", "/home", "distributed")]
    [InlineData("/repo/bin/distributed", "/repo/bin/", "/bin", "/repo", "bin/distributed")]
    [InlineData("/repo/bin/distributed", "/repo/bin/", "/bin", "/repo/bin", "./distributed")]
    [InlineData("/repo/bin/distributed", "/repo/bin/", null, "/home", "/repo/bin/distributed")]
    [InlineData("/usr/bin/dotnet", "/repo/bin/", "/repo/bin", "/repo", "dotnet bin/distributed.dll")]
    public void Words_OfThisProgram_CanBeTypedHere(string process, string folder, string? path, string current, string expected)
        => Assert.Equal(expected, string.Join(' ', OwnName.Words(process, folder, path, current)));

    [Fact]
    public void Join_WordsOfAShell_AreQuoted()
        => Assert.Equal("a/b.c --set 'x=[1, 2]' 'it'\\''s' ''", ShellText.Join("a/b.c", "--set", "x=[1, 2]", "it's", ""));
}
