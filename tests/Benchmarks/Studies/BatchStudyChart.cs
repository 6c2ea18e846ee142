using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Distributed.Benchmarks.Studies;

/// <summary>The study's chart.</summary>
internal static class BatchStudyChart
{
    private const int Width = 720;
    private const int Height = 420;

    /// <summary>nDCG@10 against the batch size: the best rate of each size as a line, the others as dots.</summary>
    public static string Svg(IReadOnlyCollection<StudyRun> runs)
    {
        var model = new PlotModel { Title = "nDCG@10 against the global batch, equal rows seen", Background = OxyColors.White };
        model.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Base = 2, Title = "rows of the global batch", MajorGridlineStyle = LineStyle.Dot });
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = "nDCG@10", MajorGridlineStyle = LineStyle.Dot });
        var all = new ScatterSeries { MarkerType = MarkerType.Circle, MarkerSize = 3, MarkerFill = OxyColors.Gray };
        all.Points.AddRange(runs.Select(run => new ScatterPoint(run.BatchRows, run.Ndcg)));
        var best = new LineSeries { MarkerType = MarkerType.Circle, MarkerSize = 4, Color = OxyColors.SteelBlue };
        best.Points.AddRange(runs.GroupBy(run => run.BatchRows).OrderBy(size => size.Key).Select(size => new DataPoint(size.Key, size.Max(run => run.Ndcg))));
        model.Series.Add(all);
        model.Series.Add(best);
        return new SvgExporter { Width = Width, Height = Height, UseVerticalTextAlignmentWorkaround = true }.ExportToString(model);
    }
}
