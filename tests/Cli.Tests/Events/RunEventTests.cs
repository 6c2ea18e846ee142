using Distributed.Cli.Events;
using Microsoft.Extensions.Time.Testing;

namespace Distributed.Cli.Tests.Events;

public sealed class RunEventTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain words")]
    [InlineData("{ not json")]
    [InlineData("[1]")]
    [InlineData("{\"no\":\"time\"}")]
    [InlineData("{\"@t\":\"yesterday\"}")]
    [InlineData("{\"@t\":1}")]
    [InlineData("{\"@t\":\"2026-01-01T00:00:00Z\",\"@mt\":3}")]
    [InlineData("{\"@t\":\"2026-01-01T00:00:00Z\",\"a\":1,\"a\":2}")]
    public void Parse_NoClef_IsNull(string line) => Assert.Null(RunEvent.Parse(line));

    [Fact]
    public void ToClef_AnEvent_ComesBackTheSame()
    {
        var events = new RunEvents(new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
        var made = events.Make(EventLevel.Warning, "{WorkerId} – {Count} {Share}", ("WorkerId", "w"), ("Count", 3), ("Share", double.NaN));

        var line = made.ToClef();

        Assert.Equal("""{"@t":"2026-01-02T03:04:05.0000000Z","@mt":"{WorkerId} – {Count} {Share}","@l":"Warning","WorkerId":"w","Count":3,"Share":"NaN"}""", line);
        Assert.Equal(line, RunEvent.Parse(line)!.ToClef());
    }
}
