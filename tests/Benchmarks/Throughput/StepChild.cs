using System.Globalization;
using System.Text.Json;

namespace Distributed.Benchmarks.Throughput;

/// <summary>
/// One side's process. It says <c>ready</c>, then answers each line, a number of steps, with the figures of those steps as JSON, until its
/// standard input ends.
/// </summary>
internal static class StepChild
{
    /// <summary>First word that the child says.</summary>
    public const string Ready = "ready";

    /// <summary>Serves until the parent is done.</summary>
    public static void Serve(ITrainingStep side, BenchmarkData data, TextReader commands, TextWriter answers)
    {
        var step = 0L;
        answers.WriteLine(Ready);
        answers.Flush();
        while (commands.ReadLine() is { } command)
        {
            var figures = StepFigures.None;
            for (var end = step + int.Parse(command, CultureInfo.InvariantCulture); step < end; step++)
                figures = figures.Then(side.Run(data.Plans.Plan(step)));
            answers.WriteLine(JsonSerializer.Serialize(new StepAnswer(figures, PeakMemory.Bytes())));
            answers.Flush();
        }
    }
}
