using System.Globalization;
using Distributed.Cli.Status;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Distributed.Cli.Display;

/// <summary>The last lines of a run: how it ended, its scores before and after, what to type next.</summary>
internal static class SummaryView
{
    /// <summary>The lines for <paramref name="summary"/>.</summary>
    public static IRenderable Render(RunSummary summary)
    {
        var lines = new List<IRenderable> { new Markup(Headline(summary)) };
        if (summary.Evaluations.Length > 0)
            lines.Add(Scores(summary.Evaluations[0], summary.Evaluations[^1]));
        if (summary.End == RunEnd.Completed)
            lines.Add(new Text($"Model: {summary.ModelFolder}"));
        foreach (var next in summary.Next)
        {
            lines.Add(new Markup($"[grey]{Markup.Escape(next.Purpose)}:[/]"));
            lines.Add(new Text($"  {next.Command}"));
        }

        return new Rows(lines);
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
        if (first.Step == last.Step)
            return Fill(table.AddColumn(Column($"step {first.Step}")), s => [Format.Number(s(last))]);
        table.AddColumn(Column($"step {first.Step}")).AddColumn(Column($"step {last.Step}")).AddColumn(Column("change"));
        return Fill(table, s => [Format.Number(s(first)), Format.Number(s(last)), Change(s(last) - s(first))]);
    }

    private static Table Fill(Table table, Func<Func<EvaluationScores, double>, string[]> cells)
    {
        table.AddRow(["nDCG@10", .. cells(s => s.NdcgAt10)]);
        table.AddRow(["MRR@10", .. cells(s => s.MrrAt10)]);
        table.AddRow(["recall@1", .. cells(s => s.RecallAt1)]);
        table.AddRow(["recall@10", .. cells(s => s.RecallAt10)]);
        return table;
    }

    private static TableColumn Column(string name) => new TableColumn(name).RightAligned();

    private static string Change(double value) => value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture);
}
