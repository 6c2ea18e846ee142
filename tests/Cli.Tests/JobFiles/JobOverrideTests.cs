using Distributed.Cli.JobFiles;

namespace Distributed.Cli.Tests.JobFiles;

public sealed class JobOverrideTests
{
    [Theory]
    [InlineData("optimizer.max_steps=20", "optimizer.max_steps", "20")]
    [InlineData("seed=", "seed", "")]
    [InlineData("a.b = x=y ", "a.b", "x=y")]
    public void Parse_KeyAndValue_AreTakenApart(string text, string key, string value)
        => Assert.Equal(new JobOverride(key, value), JobOverride.Parse(text));

    [Theory]
    [InlineData("optimizer.max_steps")]
    [InlineData("=20")]
    [InlineData("a..b=1")]
    [InlineData("a b=1")]
    public void Parse_SomethingElse_IsNull(string text) => Assert.Null(JobOverride.Parse(text));
}
