using Distributed.Cli.Display;
using Microsoft.Extensions.Time.Testing;

namespace Distributed.Cli.Tests.Display;

public sealed class TerminalDisplayTests : IDisposable
{
    private readonly StringWriter _writer = new();

    public void Dispose() => _writer.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DisposeAsync_AfterARun_HasShownEventsAndThenTheSummary(bool canMoveCursor)
    {
        var display = new TerminalDisplay(Samples.Console(_writer, canMoveCursor), new FakeTimeProvider());

        display.Child("worker-0", """{"@t":"2026-01-01T00:00:00Z","@l":"Warning","@mt":"lost [{Why}]","Why":"silent","@x":"E: a\n  at b"}""");
        display.ChildError("worker-1", "[Killed]");
        display.Progress(Samples.Status);
        display.Summary(Samples.Summary);
        await display.DisposeAsync();

        var text = _writer.ToString();
        Assert.Matches("worker-0 +.*lost \\[silent\\]: E: a", text);
        Assert.Matches("worker-1 +.*\\[Killed\\]", text);
        Assert.Contains("step 100/400", text, StringComparison.Ordinal);
        Assert.Equal(["Model: /runs/x/model", "Embed texts:", "  distributed encode --model /runs/x/model"], Samples.Lines(text)[^3..]);
    }

    [Fact]
    public async Task Progress_TerminalThatCannotMoveItsCursor_IsWrittenEveryTenSeconds()
    {
        var time = new FakeTimeProvider();
        await using (var display = new TerminalDisplay(Samples.Console(_writer), time))
            for (var i = 0; i < 5; i++)
                display.Progress(Samples.Status);

        Assert.Single(Samples.Lines(_writer.ToString()), line => line.Contains("step 100/400", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Summary_LongCommand_IsNotBroken()
    {
        var command = "distributed train " + new string('x', 300);
        await using (var display = new TerminalDisplay(Samples.Console(_writer), new FakeTimeProvider()))
            display.Summary(Samples.Summary with { Next = [new NextCommand("Go on", command)] });

        Assert.Equal("  " + command, Samples.Lines(_writer.ToString())[^1]);
    }
}
