using Distributed.Cli.Display;
using Distributed.Cli.Status;
using Spectre.Console.Rendering;

namespace Distributed.Cli.Tests.Display;

public sealed class ViewTests
{
    private static string[] Show(IRenderable view)
    {
        using var writer = new StringWriter();
        Samples.Console(writer).Write(view);
        return Samples.Lines(writer.ToString());
    }

    [Fact]
    public void Progress_RunningRun_ShowsItsFigures()
        => Assert.Equal(
            [
                $"training {new string('━', 40)} step 100/400  epoch 2",
                "loss 1.2346  1,235 rows/s  ETA 3:07",
                "2 of 2 workers  generation 3  http://127.0.0.1:1234",
                "nDCG@10 0.0123",
                "! collapse [norm 0]",
            ],
            Show(ProgressView.Render(Samples.Status)));

    [Fact]
    public void Progress_NothingKnown_ShowsThat()
        => Assert.Equal(
            [$"starting {new string('━', 40)} step –/–", "loss –  – rows/s  ETA –", "– of – workers  generation –"],
            Show(ProgressView.Render(new RunStatus())));

    [Fact]
    public void Summary_CompletedRun_ShowsScoresBeforeAndAfter()
    {
        var lines = Show(SummaryView.Render(Samples.Summary));

        Assert.Equal("Training is complete (step 400/400, 4:07)", lines[0]);
        Assert.Contains("│ held-out retrieval │ step 0 │ step 400 │  change │", lines);
        Assert.Contains("│ nDCG@10            │ 0.0123 │   0.5590 │ +0.5467 │", lines);
        Assert.Contains("│ recall@10          │ 0.0456 │   0.7770 │ +0.7314 │", lines);
    }

    [Fact]
    public void Summary_FailedRun_SaysWhy()
    {
        var summary = Samples.Summary with { End = RunEnd.Failed, Step = 3, Reason = "disk [full]", Evaluations = [Samples.Scores(0, 0.1, 0.2)], Next = [] };

        var lines = Show(SummaryView.Render(summary));

        Assert.Equal("The run failed (step 3/400, 4:07): disk [full]", lines[0]);
        Assert.Contains("│ nDCG@10            │ 0.1000 │", lines);
        Assert.Empty(SummaryView.LinesToCopy(summary));
    }
}
