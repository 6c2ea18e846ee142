using Distributed.Cli.Display;

namespace Distributed.Cli.Tests.Display;

public sealed class TerminalDisplayTests
{
    [Fact]
    public async Task DisposeAsync_AfterARun_HasShownEventsAndThenTheSummary()
    {
        await using var writer = new StringWriter();
        var display = new TerminalDisplay(Samples.Console(writer));

        display.Child("worker-0", """{"@t":"2026-01-01T00:00:00Z","@l":"Warning","@mt":"lost [{Why}]","Why":"silent","@x":"E: a\n  at b"}""");
        display.ChildError("worker-1", "[Killed]");
        display.Progress(Samples.Status);
        display.Summary(Samples.Summary);
        await display.DisposeAsync();

        var lines = Samples.Lines(writer.ToString());
        Assert.Contains(lines, line => line.EndsWith("worker-0    lost [silent]: E: a", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("worker-1    [Killed]", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("step 100/400", StringComparison.Ordinal));
        Assert.EndsWith("distributed encode --model /runs/x/model", lines[^1], StringComparison.Ordinal);
    }
}
