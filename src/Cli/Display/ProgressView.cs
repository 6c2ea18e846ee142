using System.Globalization;
using Distributed.Cli.Status;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Distributed.Cli.Display;

/// <summary>The few lines at the bottom of the terminal that show how far a run is.</summary>
internal static class ProgressView
{
    private const int BarWidth = 40;

    /// <summary>The lines for <paramref name="status"/>.</summary>
    public static IRenderable Render(RunStatus status)
    {
        var lines = new List<IRenderable> { new Markup(StepLine(status)), new Markup(FigureLine(status)), new Markup(ClusterLine(status)) };
        if (!status.Evaluations.IsEmpty)
            lines.Add(new Markup(ScoreLine(status)));
        lines.AddRange(status.Alarms.Select(alarm => new Markup($"[red]! {Markup.Escape(alarm)}[/]")));
        return new Rows(lines);
    }

    private static string StepLine(RunStatus status)
    {
        var share = status is { Step: { } step, TotalSteps: > 0 and { } total } ? Math.Clamp((double)step / total, 0, 1) : 0;
        var done = (int)(share * BarWidth);
        var epoch = status.Epoch is null ? "" : $"  epoch {Format.Count(status.Epoch)}/{Format.Count(status.Epochs)}";
        return $"[bold]{Markup.Escape(status.Phase)}[/] [green]{new string('━', done)}[/][grey]{new string('━', BarWidth - done)}[/]"
            + $" step {Format.Count(status.Step)}/{Format.Count(status.TotalSteps)}{epoch}";
    }

    private static string FigureLine(RunStatus status)
    {
        var rate = status.LearningRate?.ToString("0.00e+0", CultureInfo.InvariantCulture) ?? Format.Unknown;
        return $"loss [bold]{Format.Number(status.Loss)}[/]  rate {rate}  {Format.Rate(status.RowsPerSecond)} rows/s"
            + $"  ETA {Format.Duration(status.Remaining)}";
    }

    private static string ClusterLine(RunStatus status)
    {
        var page = status.PageUrl is null ? "" : $"  [link]{Markup.Escape(status.PageUrl)}[/]";
        return $"[grey]{Format.Count(status.Workers)} workers  generation {Format.Count(status.Generation)}{page}[/]";
    }

    private static string ScoreLine(RunStatus status)
    {
        var values = status.Evaluations.Select(e => Format.Number(e.NdcgAt10));
        return $"nDCG@10 {string.Join(" → ", values)}";
    }
}
