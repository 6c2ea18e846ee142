using Distributed.Jobs;

namespace Distributed.Cli.Tests.Commands;

public sealed class OtherCommandTests : IDisposable
{
    private readonly RealLauncher _launcher = new();

    public void Dispose() => _launcher.Dispose();

    [Theory]
    [InlineData("encode")]
    [InlineData("evaluate")]
    public async Task WorkerVerb_AnyArguments_ArePassedOnWithTheExitCode(string verb)
    {
        _launcher.Install("Worker", "printf '[%s]' \"$@\"; echo oops >&2; exit 5");

        using var run = _launcher.Start(verb, "--help", "--model", "a b", "--", "-x");
        var ended = await run.EndAsync();

        Assert.Equal((5, $"[{verb}][--help][--model][a b][--][-x]", "oops\n"), (ended.ExitCode, ended.Output, ended.Error));
    }

    [Fact]
    public async Task Init_NewFile_HoldsTheTemplateAndIsNeverOverwritten()
    {
        var path = Path.Combine(_launcher.Sample.Folder, "job.yaml");

        using var first = _launcher.Start("init");
        Assert.Equal(0, (await first.EndAsync()).ExitCode);
        Assert.Equal(JobFile.Template, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));

        using var second = _launcher.Start("init", "job.yaml");
        var ended = await second.EndAsync();
        Assert.Equal((2, "job.yaml: it exists already and is not overwritten\n"), (ended.ExitCode, ended.Error));
    }

    [Fact]
    public async Task Init_FolderThatIsMissing_SaysSo()
    {
        using var run = _launcher.Start("init", "none/job.yaml");

        var ended = await run.EndAsync();

        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith("none/job.yaml: it cannot be written", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "distributed train job.yaml")]
    [InlineData("train --help", "distributed train jobs/wordnet.yaml")]
    [InlineData("init --help", "distributed init job.yaml")]
    [InlineData("--version", "0.")]
    public async Task Help_OfEveryVerb_HasAnExample(string arguments, string expected)
    {
        using var run = _launcher.Start(arguments.Split(' '));

        var ended = await run.EndAsync();

        Assert.Equal(0, ended.ExitCode);
        Assert.Contains(expected, ended.Output, StringComparison.Ordinal);
    }
}
