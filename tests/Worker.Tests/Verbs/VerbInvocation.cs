using System.CommandLine;

namespace Distributed.Worker.Tests.Verbs;

/// <summary>A verb's outcome.</summary>
/// <param name="ExitCode">Exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record VerbInvocation(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a verb.</summary>
    public static async Task<VerbInvocation> RunAsync(Command verb, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, Error = error };
        var exitCode = await verb.Parse(arguments).InvokeAsync(configuration, TestContext.Current.CancellationToken);
        return new VerbInvocation(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Asserts exit code 2 and exactly one line on standard error, which it returns.</summary>
    public string OneLineOfRefusal()
    {
        Assert.Equal(2, ExitCode);
        return Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
