using System.CommandLine;

namespace Distributed.Benchmarks.Studies;

/// <summary>Verbs that train several models.</summary>
internal static class StudyVerbs
{
    private static readonly int[] DefaultSizes = [64, 128, 256, 512, 1024, 2048, 4096, 8192];
    private static readonly double[] DefaultFactors = [0.5, 1, 2];

    /// <summary>`batch-study`: quality against the batch size. The solution has to be built.</summary>
    public static Command BatchSize()
    {
        Option<int[]> rows = new("--rows") { AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => DefaultSizes };
        Option<double[]> factors = new("--factors") { AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => DefaultFactors, Description = "Factors of the learning rate." };
        Option<string> folder = new("--folder") { DefaultValueFactory = _ => Path.Combine(Repository.Root, "docs"), Description = "Where batch-size.csv and .svg go." };
        Command command = new("batch-study", "nDCG@10 against the size of the global batch, at equal rows seen.") { rows, factors, folder };
        command.SetAction(arguments => new BatchStudy(arguments.InvocationConfiguration.Output)
            .Run(arguments.GetRequiredValue(rows), arguments.GetRequiredValue(factors), arguments.GetRequiredValue(folder)));
        return command;
    }
}
