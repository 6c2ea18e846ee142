using Distributed.Hub.Listing;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Hub.Tests.Listing;

public sealed class RepositoryPathTests
{
    [Fact]
    public void IsSafe_AnyName_StaysBelowTheFolder()
    {
        var parts = Gen.Elements("..", ".", "", "a", "b.json", "/", "\\", "\0", "ä", "C:", " ");
        var names = parts.ListOf().Select(list => string.Concat(list.Select(part => part + (part.Length % 2 == 0 ? "/" : ""))));

        Prop.ForAll(names.ToArbitrary(), name =>
            !RepositoryPath.IsSafe(name) || Path.GetFullPath(Path.Combine("/cache/x", name)) == $"/cache/x/{name}").QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("config.json", true)]
    [InlineData("1_Pooling/config.json", true)]
    [InlineData("größe.json", true)]
    [InlineData("...", true)]
    [InlineData("..", false)]
    [InlineData("a/../b", false)]
    [InlineData("/a", false)]
    [InlineData("a//b", false)]
    [InlineData("a/", false)]
    [InlineData("a\\b", false)]
    [InlineData("a\nb", false)]
    [InlineData("", false)]
    public void IsSafe_Name_IsRelativeAndPlain(string name, bool expected) => Assert.Equal(expected, RepositoryPath.IsSafe(name));

    [Fact]
    public void IsSafe_LongName_IsNone() => Assert.False(RepositoryPath.IsSafe(new string('a', 256)));

    [Fact]
    public void Escape_SpecialCharacters_KeepsTheSlashes() => Assert.Equal("a%23b/c%20d%3F", RepositoryPath.Escape("a#b/c d?"));
}
