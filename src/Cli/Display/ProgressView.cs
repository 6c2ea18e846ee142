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
        if (status.Evaluations is [.., { Metrics.Count: > 0 }])
            lines.Add(new Markup(ScoreLine(status)));
        if (status.Detail is { } detail)
            lines.Add(new Markup($"[yellow]{Markup.Escape(detail)}[/]"));
        lines.AddRange(status.Alarms.Select(alarm => new Markup($"[red]! {Markup.Escape(alarm)}[/]")));
        return new Rows(lines);
    }

    private static string StepLine(RunStatus status)
    {
        var share = status is { Step: { } step, TotalSteps: > 0 and { } total } ? Math.Clamp((double)step / total, 0, 1) : 0;
        var done = (int)(share * BarWidth);
        var epoch = status.Epoch is null ? "" : $"  epoch {Format.Count(status.Epoch)}";
        return $"[bold]{Markup.Escape(status.Phase)}[/] [green]{new string('━', done)}[/][grey]{new string('━', BarWidth - done)}[/]"
            + $" step {Format.Count(status.Step)}/{Format.Count(status.TotalSteps)}{epoch}";
    }

    private static string FigureLine(RunStatus status)
        => $"loss [bold]{Format.Number(status.Loss)}[/]  {Format.Rate(status.RowsPerSecond)} rows/s  ETA {Format.Duration(status.Remaining)}";

    private static string ClusterLine(RunStatus status)
    {
        var page = status.PageUrl is null ? "" : $"  [link]{Markup.Escape(status.PageUrl)}[/]";
        return $"[grey]{Format.Count(status.Workers)} of {Format.Count(status.WantedWorkers)} workers  generation {Format.Count(status.Generation)}{page}[/]";
    }

    private static string ScoreLine(RunStatus status)
    {
        var name = Format.MetricsOf(status.Evaluations[^1])[0];
        var values = status.Evaluations.Select(e => Format.Number(e.Metrics.GetValueOrDefault(name, double.NaN)));
        return $"{Markup.Escape(Format.Metric(name))} {string.Join(" → ", values)}";
    }
}
