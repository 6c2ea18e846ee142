using Distributed.Training.Runtime;

namespace Distributed.ReferenceCheck;

/// <summary>All parts of a reference folder.</summary>
internal static class ReferenceFolder
{
    /// <summary>The parts, by the name of their folder.</summary>
    public static IReadOnlyDictionary<string, Func<string, IEnumerable<CheckResult>>> Parts { get; } =
        new Dictionary<string, Func<string, IEnumerable<CheckResult>>>
        {
            ["losses"] = LossCases.Check,
            ["encoder"] = EncoderCases.Check,
            ["training"] = TrainingCases.Check,
            ["distributed"] = DistributedCases.Check,
            ["families"] = FamilyCases.Check,
        };

    /// <summary>Runs the parts that are there and prints the table. Returns the process's exit code.</summary>
    public static int Check(DirectoryInfo folder, string? only, TextWriter output)
    {
        var parts = Parts.Where(part => (only is null || part.Key == only) && Directory.Exists(Path.Combine(folder.FullName, part.Key))).ToList();
        if (parts.Count == 0)
        {
            output.WriteLine($"{folder.FullName}: has none of {string.Join(", ", only is null ? Parts.Keys : [only])}");
            return 2;
        }

        return Run(parts.Select(part => part.Value(Path.Combine(folder.FullName, part.Key))), output);
    }

    /// <summary>Runs the checks of a published model and prints the table. Returns the process's exit code.</summary>
    public static int Check(PublishedModelCases model, TextWriter output) => Run([model.Check()], output);

    private static int Run(IEnumerable<IEnumerable<CheckResult>> parts, TextWriter output)
    {
        TorchRuntime.Initialize(threads: 1);
        using var numerics = FinalizerGate.Close();
        List<CheckResult> all = [];
        output.WriteLine($"{"part",-36} {"cases",6} {"passed",7} {"failed",7} {"unsup.",7} {"worst loss",11} {"worst grad",11}");
        foreach (var results in parts.Select(part => part.ToList()))
        {
            foreach (var group in results.GroupBy(result => result.Case.Split(':')[0]))
                output.WriteLine(Row(group.Key, [.. group]));
            all.AddRange(results);
        }

        return Conclude(all, output);
    }

    private static int Conclude(List<CheckResult> all, TextWriter output)
    {
        foreach (var result in all.Where(result => result.Outcome == CheckOutcome.Unsupported))
            output.WriteLine($"unsupported  {result.Case}: {result.Detail}");
        foreach (var result in all.Where(result => result.Outcome == CheckOutcome.Failed))
            output.WriteLine($"FAILED       {result.Case}: {result.Detail}");

        var failed = Count(all, CheckOutcome.Failed);
        output.WriteLine($"{Count(all, CheckOutcome.Passed)} passed, {failed} failed, {Count(all, CheckOutcome.Unsupported)} unsupported");
        return failed == 0 ? 0 : 1;
    }

    private static string Row(string name, IReadOnlyList<CheckResult> results) =>
        $"{name,-36} {results.Count,6} {Count(results, CheckOutcome.Passed),7} {Count(results, CheckOutcome.Failed),7} "
        + $"{Count(results, CheckOutcome.Unsupported),7} {Worst(results.Select(result => result.LossError)),11} {Worst(results.Select(result => result.GradientError)),11}";

    private static int Count(IReadOnlyList<CheckResult> results, CheckOutcome outcome) => results.Count(result => result.Outcome == outcome);

    private static string Worst(IEnumerable<double?> errors)
    {
        var known = errors.OfType<double>().ToList();
        return known.Count == 0 ? "-" : known.Any(double.IsNaN) ? "nan" : known.Max().ToString("e2");
    }
}
