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
    public static async Task ServeAsync(IBenchmarkStep side, TextReader commands, TextWriter answers)
    {
        var step = 0L;
        await answers.WriteLineAsync(Ready);
        await answers.FlushAsync();
        while (await commands.ReadLineAsync() is { } command)
        {
            var figures = StepFigures.None;
            var started = Environment.CpuUsage.TotalTime;
            for (var end = step + int.Parse(command, CultureInfo.InvariantCulture); step < end; step++)
                figures = figures.Then(await side.RunAsync(step));
            await answers.WriteLineAsync(JsonSerializer.Serialize(new StepAnswer(figures, (Environment.CpuUsage.TotalTime - started).TotalSeconds, PeakMemory.Bytes())));
            await answers.FlushAsync();
        }
    }
}
