using System.CommandLine;

namespace Distributed.Worker.Verbs;

/// <summary>Options that several verbs have.</summary>
internal static class VerbOptions
{
    /// <summary>Threads where nothing is said: half of the processors. Threads that wait for one another lose more on a busy machine than they gain.</summary>
    public static int DefaultThreads => Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>A number of at least 1; null where it is not given.</summary>
    public static Option<int?> Positive(string name, string description)
    {
        Option<int?> option = new(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < 1)
                result.AddError($"{name} must be at least 1, not {number}.");
        });
        return option;
    }
}
