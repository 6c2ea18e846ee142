using Distributed.Cli.Events;

namespace Distributed.Cli.Tests.Events;

public sealed class MessageRendererTests
{
    private static string Render(string clef) => MessageRenderer.Render(RunEvent.Parse(clef)!);

    [Fact]
    public void Render_Properties_StandInTheMessage()
        => Assert.Equal(
            "Worker worker-1 lost: none after 3 s, {braces}, [1,2]",
            Render("""{"@t":"2026-01-01T00:00:00Z","@mt":"Worker {WorkerId} lost: {Reason} after {Seconds} s, {{braces}}, {@List}","WorkerId":"worker-1","Reason":null,"Seconds":3,"List":[1,2]}"""));

    [Fact]
    public void Render_Renderings_TakeThePlaceOfFormats()
        => Assert.Equal(
            "loss 1.2346 at 7 of 12.5",
            Render("""{"@t":"2026-01-01T00:00:00Z","@mt":"loss {Loss:0.0000} at {Step} of {Total:0.0}","@r":["1.2346","12.5"],"Loss":1.23456,"Step":7,"Total":12.49}"""));

    [Fact]
    public void Render_FormatWithoutRendering_IsApplied()
        => Assert.Equal("loss 1.23", Render("""{"@t":"2026-01-01T00:00:00Z","@mt":"loss {Loss:0.00}","Loss":1.23456}"""));

    [Theory]
    [InlineData("00:00:01.9612345", "00:00:02.0")]
    [InlineData("1.02:03:04.5500000", "1.02:03:04.6")]
    [InlineData("00:00:03", "00:00:03")]
    public void Render_Duration_IsRoundedToATenthOfASecond(string value, string expected)
        => Assert.Equal($"after {expected}", Render($$"""{"@t":"2026-01-01T00:00:00Z","@mt":"after {Elapsed}","Elapsed":"{{value}}"}"""));

    [Fact]
    public void Render_UnknownProperty_StaysAsItIs() => Assert.Equal("at {Step}", Render("""{"@t":"2026-01-01T00:00:00Z","@mt":"at {Step}"}"""));

    [Fact]
    public void Render_LineBreaks_BecomeBlanks() => Assert.Equal("a b", Render("""{"@t":"2026-01-01T00:00:00Z","@mt":"a\nb"}"""));
}
