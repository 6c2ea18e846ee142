using Distributed.Worker.Hosting;
using Distributed.Worker.Verbs;

namespace Distributed.Worker.Tests.Verbs;

public sealed class RunVerbTests
{
    [Theory]
    [InlineData("0", "--patience must be at least 1, not 0.")]
    [InlineData("-5", "--patience must be at least 1, not -5.")]
    [InlineData("86401", "--patience must be at most 86400, not 86401.")]
    [InlineData("99999999999", "--patience must be at most 86400, not 99999999999.")]
    [InlineData("soon", "--patience soon: expected a whole number.")]
    public async Task Run_PatienceOutOfRange_SaysWhatIsExpected(string patience, string expected)
    {
        var invocation = await RunAsync(_ => Assert.Fail("started"), "--patience", patience);

        Assert.NotEqual(0, invocation.ExitCode);
        Assert.Contains(expected, invocation.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(1, "--patience", "1")]
    [InlineData(86400, "--patience", "86400")]
    public async Task Run_PatienceInRange_IsTaken(int seconds, params string[] arguments)
    {
        WorkerArguments? taken = null;

        var invocation = await RunAsync(arguments => taken = arguments, arguments);

        Assert.Equal(0, invocation.ExitCode);
        Assert.Equal(TimeSpan.FromSeconds(seconds), taken!.Patience);
    }

    private static Task<VerbInvocation> RunAsync(Action<WorkerArguments> run, params string[] arguments) => VerbInvocation.RunAsync(
        RunVerb.Create(taken =>
        {
            run(taken);
            return Task.FromResult(0);
        }),
        ["--job", "job.yaml", "--coordinator", "http://127.0.0.1:1", "--id", "worker-0", .. arguments]);
}
