namespace Distributed.Jobs.Tests;

public sealed class HubIdTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    [Theory]
    [InlineData("sentence-transformers/all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", "main", false)]
    [InlineData("org/name@v1.0", "org/name", "v1.0", false)]
    [InlineData("org/name@refs/pr/12", "org/name", "refs/pr/12", false)]
    [InlineData("org/name@" + Commit, "org/name", Commit, true)]
    public void TryParse_Id_HasRepositoryAndRevision(string text, string repository, string revision, bool isCommit)
    {
        Assert.True(HubId.TryParse(text, out var id));
        Assert.Equal((repository, revision, isCommit), (id.Repository, id.Revision, id.IsCommit));
        Assert.Equal(text, id.ToString());
        Assert.Equal($"{repository}@{Commit}", id.At(Commit).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("a/b/c")]
    [InlineData("/name")]
    [InlineData("org/")]
    [InlineData("./name")]
    [InlineData("../name")]
    [InlineData("org/..")]
    [InlineData("org/a--b")]
    [InlineData("org/a..b")]
    [InlineData("org/-a")]
    [InlineData("org/a.")]
    [InlineData("org/a.git")]
    [InlineData("org/a b")]
    [InlineData("org/ä")]
    [InlineData("org\\name")]
    [InlineData("org/name@")]
    [InlineData("org/name@../main")]
    [InlineData("org/name@a/../b")]
    [InlineData("org/name@/a")]
    [InlineData("org/name@a//b")]
    [InlineData("org/name@-a")]
    [InlineData("org/name@a\\b")]
    [InlineData("org/name@a@b")]
    [InlineData("org/name@a b")]
    [InlineData("org/name@a\nb")]
    public void TryParse_WhatIsNoId_IsNone(string text) => Assert.False(HubId.TryParse(text, out _));

    [Fact]
    public void Parse_WhatIsNoId_IsNotTakenForSomethingElse() => Assert.Equal("'name' is no id of a model", Assert.Throws<FormatException>(() => HubId.Parse("name")).Message);

    [Fact]
    public void TryParse_LongId_IsNone() => Assert.False(HubId.TryParse($"org/{new string('a', 93)}", out _));
}
