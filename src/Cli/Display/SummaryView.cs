using System.Globalization;
using Distributed.Cli.Status;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Distributed.Cli.Display;

/// <summary>The last lines of a run.</summary>
internal static class SummaryView
{
    /// <summary>How it ended, and its scores before and after.</summary>
    public static IRenderable Render(RunSummary summary)
    {
        var lines = new List<IRenderable> { new Markup(Headline(summary)) };
        if (summary.Evaluations.Length > 0)
            lines.Add(Scores(summary.Evaluations[0], summary.Evaluations[^1]));
        return new Rows(lines);
    }

    /// <summary>Paths and commands, which are to be copied: not to be broken at the edge of the terminal.</summary>
    public static IEnumerable<string> LinesToCopy(RunSummary summary)
    {
        if (summary.End == RunEnd.Completed)
            yield return $"Model: {summary.ModelFolder}";
        foreach (var next in summary.Next)
        {
            yield return $"{next.Purpose}:";
            yield return $"  {next.Command}";
        }
    }

    private static string Headline(RunSummary summary)
    {
        var steps = $"step {Format.Count(summary.Step)}/{Format.Count(summary.TotalSteps)}, {Format.Duration(summary.Elapsed)}";
        var reason = summary.Reason is null ? "" : $": {Markup.Escape(summary.Reason)}";
        return summary.End switch
        {
            RunEnd.Completed => $"[bold green]Training is complete[/] ({steps}){reason}",
            RunEnd.Stopped => $"[bold]Stopped[/] ({steps}){reason}",
            RunEnd.Interrupted => $"[bold yellow]Interrupted[/] ({steps}){reason}",
            _ => $"[bold red]The run failed[/] ({steps}){reason}",
        };
    }

    private static Table Scores(EvaluationScores first, EvaluationScores last)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("held-out retrieval");
        table.AddColumn(Column(first));
        if (first.Step != last.Step)
            table.AddColumn(Column(last)).AddColumn(new TableColumn("change").RightAligned());
        foreach (var name in Format.MetricsOf(last))
            table.AddRow(Cells(name, first, last));
        return table;
    }

    private static string[] Cells(string name, EvaluationScores first, EvaluationScores last)
    {
        var before = first.Metrics.GetValueOrDefault(name, double.NaN);
        var after = last.Metrics[name];
        return first.Step == last.Step
            ? [Format.Metric(name), Format.Number(after)]
            : [Format.Metric(name), Format.Number(before), Format.Number(after), Change(after - before)];
    }

    private static TableColumn Column(EvaluationScores scores) => new TableColumn($"step {scores.Step}").RightAligned();

    private static string Change(double value)
        => double.IsFinite(value) ? value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture) : Format.Unknown;
}
