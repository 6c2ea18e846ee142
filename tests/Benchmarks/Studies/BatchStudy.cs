using System.Diagnostics;
using System.Globalization;

namespace Distributed.Benchmarks.Studies;

/// <summary>
/// Quality against the size of the global batch, at equal rows seen: a small model on the WordNet pairs, each size with several learning rates around one
/// that grows with the square root of the batch, the best of which counts.
/// </summary>
internal sealed class BatchStudy(TextWriter output)
{
    private const double RateAt256 = 1.2e-3;
    private const string Heading = "batch_rows,learning_rate,steps,ndcg_at_10";
    private const string ScoreHeading = "| steps | nDCG@10 ";

    private static readonly string[] Settings =
    [
        "model.new.hidden_size=128", "model.new.intermediate_size=256", "model.new.heads=4", "sampler.kind=shuffled", "optimizer.epochs=4",
    ];

    /// <summary>
    /// Trains every size at every factor of the rate, but for what the folder's table has already, and writes table and chart into <paramref name="folder"/>.
    /// </summary>
    public void Run(IReadOnlyCollection<int> sizes, IReadOnlyCollection<double> factors, string folder)
    {
        var table = Path.Combine(folder, "batch-size.csv");
        List<StudyRun> runs = File.Exists(table) ? [.. File.ReadLines(table).Skip(1).Select(Parse)] : [];
        foreach (var size in sizes)
        {
            foreach (var factor in factors)
            {
                var rate = RateAt256 * Math.Sqrt(size / 256.0) * factor;
                if (runs.Any(run => Setting(run.BatchRows, run.LearningRate) == Setting(size, rate)))
                    continue;
                runs.Add(Train(size, rate));
                output.WriteLine(Line(runs[^1]));
                File.WriteAllLines(table, [Heading, .. runs.OrderBy(run => run.BatchRows).ThenBy(run => run.LearningRate).Select(Line)]);
            }
        }

        File.WriteAllText(Path.Combine(folder, "batch-size.svg"), BatchStudyChart.Svg(runs));
    }

    private static StudyRun Train(int size, double rate)
    {
        var scratch = Directory.CreateTempSubdirectory("distributed-study-");
        try
        {
            var folder = Path.Combine(scratch.FullName, "run");
            Launch(["train", Path.Combine(Repository.Root, "jobs", "wordnet.yaml"), "--output", folder, .. Sets(size, rate)]);
            var card = File.ReadAllLines(Path.Combine(folder, "model", "README.md"));
            var last = card.SkipWhile(line => !line.StartsWith(ScoreHeading, StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|')).Last().Split('|');
            return new StudyRun(size, rate, long.Parse(last[1], CultureInfo.InvariantCulture), double.Parse(last[2], CultureInfo.InvariantCulture));
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> Sets(int size, double rate) =>
        Settings.Append($"batch.rows={size}").Append(string.Create(CultureInfo.InvariantCulture, $"optimizer.learning_rate={rate}")).SelectMany(set => new[] { "--set", set });

    private static void Launch(IEnumerable<string> arguments)
    {
        var program = Path.Combine(Repository.Root, "artifacts", "bin", "Cli", "release", "distributed");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"a training run ended with code {process.ExitCode}");
    }

    private static string Line(StudyRun run) => string.Create(CultureInfo.InvariantCulture, $"{Setting(run.BatchRows, run.LearningRate)},{run.Steps},{run.Ndcg:F4}");

    private static string Setting(int size, double rate) => string.Create(CultureInfo.InvariantCulture, $"{size},{rate:G4}");

    private static StudyRun Parse(string line)
    {
        var words = line.Split(',');
        return new StudyRun(
            int.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture),
            long.Parse(words[2], CultureInfo.InvariantCulture), double.Parse(words[3], CultureInfo.InvariantCulture));
    }
}
