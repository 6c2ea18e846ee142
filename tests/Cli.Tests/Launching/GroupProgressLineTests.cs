using Distributed.Cli.Launching;

namespace Distributed.Cli.Tests.Launching;

public sealed class GroupProgressLineTests
{
    [Fact]
    public void Report_SeveralProcesses_ShowsTheirSum()
    {
        using var terminal = new StringWriter();
        var progress = new GroupProgressLine(terminal);

        progress.Report(0, "encoded 10 100");
        progress.Report(1, "encoded 15 100");
        progress.Report(0, "encoded 30 100");
        progress.Report(0, "compared 1 4");
        progress.End();

        Assert.Equal("\rencoded 10 % \rencoded 25 % \rencoded 45 % \rencoded 45 %, compared 25 % \r\e[K", terminal.ToString());
    }

    [Theory]
    [InlineData("encoded")]
    [InlineData("encoded some 100")]
    [InlineData("encoded 1 100 of all")]
    public void Report_SomethingElse_IsPassedOver(string line)
    {
        using var terminal = new StringWriter();
        var progress = new GroupProgressLine(terminal);

        progress.Report(0, line);
        progress.End();

        Assert.Equal("", terminal.ToString());
    }
}
