using System.Text.Json.Nodes;
using Distributed.Cli.Display;
using Microsoft.Extensions.Time.Testing;

namespace Distributed.Cli.Tests.Display;

public sealed class ClefDisplayTests : IDisposable
{
    private readonly StringWriter _writer = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _writer.Dispose();

    private ClefDisplay Display => field ??= new ClefDisplay(_writer, _time);

    private string[] Lines => Samples.Lines(_writer.ToString());

    [Fact]
    public void Child_ClefLine_IsPassedOnAsItIs()
    {
        var line = """{"@t":"2026-01-01T00:00:00Z",  "@mt":"x"}""";

        Display.Child("worker-0", line);

        Assert.Equal([line], Lines);
    }

    [Fact]
    public void Child_FreeText_IsWrapped()
    {
        Display.ChildError("worker-0", "Killed");

        var json = JsonNode.Parse(Assert.Single(Lines))!;
        Assert.Equal(("worker-0", "Killed", "Error"), ((string?)json["Child"], (string?)json["Line"], (string?)json["@l"]));
    }

    [Fact]
    public void Progress_ManyTimes_IsWrittenEveryTenSeconds()
    {
        for (var second = 0; second < 25; second++)
        {
            Display.Progress(Samples.Status);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, Lines.Length);
        var json = JsonNode.Parse(Lines[0])!;
        Assert.Equal((100, 400, 1.23456, 3, 2), ((int)json["Step"]!, (int)json["TotalSteps"]!, (double)json["Loss"]!, (int)json["Generation"]!, (int)json["WorldSize"]!));
    }

    [Fact]
    public void Summary_ReasonThatAChildSaidItself_IsNotRepeated()
    {
        var failed = Samples.Summary with { End = RunEnd.Failed, Evaluations = [], Reason = "train.jsonl:1: broken" };

        Display.Summary(failed);
        Display.ChildError("worker-0", "train.jsonl:1: broken");
        Display.Summary(failed);

        Assert.Equal(["train.jsonl:1: broken", null], [(string?)JsonNode.Parse(Lines[0])!["Reason"], (string?)JsonNode.Parse(Lines[2])!["Reason"]]);
    }

    [Fact]
    public void Summary_CompletedRun_HoldsScoresAndModel()
    {
        Display.Summary(Samples.Summary);

        var json = Lines.Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal([0, 200, 400], json[..^1].Select(e => (int)e["Step"]!));
        Assert.Equal(0.5590, (double)json[2]["Metrics"]!["ndcg@10"]!);
        Assert.Equal(("Completed", "/runs/x/model"), ((string?)json[^1]["Outcome"], (string?)json[^1]["ModelFolder"]));
    }
}
