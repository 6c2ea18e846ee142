using System.CommandLine;

namespace Distributed.Worker.Verbs;

/// <summary>Options that several verbs have.</summary>
internal static class VerbOptions
{
    /// <summary>Threads where nothing is said: half of the processors. Threads that wait for one another lose more on a busy machine than they gain.</summary>
    public static int DefaultThreads => Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Threads of matrix products, at most one a processor: more only wait for one another. Null where it is not given.</summary>
    public static Option<int?> Threads(string description) => Positive("--threads", description, Environment.ProcessorCount);

    /// <summary>A number of at least 1; null where it is not given.</summary>
    public static Option<int?> Positive(string name, string description, int most = int.MaxValue)
    {
        Option<int?> option = new(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && (number < 1 || number > most))
                result.AddError(number < 1 ? $"{name} must be at least 1, not {number}." : $"{name} must be at most {most}, not {number}.");
        });
        return option;
    }
}
