using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Distributed.Worker.Verbs;

/// <summary>Options that several verbs have.</summary>
internal static class VerbOptions
{
    /// <summary>Threads where nothing is said: half of the processors. Threads that wait for one another lose more on a busy machine than they gain.</summary>
    public static int DefaultThreads => Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Threads of matrix products, at most one a processor: more only wait for one another. Null where it is not given.</summary>
    public static Option<int?> Threads(string description) => Positive("--threads", description, Environment.ProcessorCount);

    /// <summary>A number of at least 1; null where it is not given.</summary>
    public static Option<int?> Positive(string name, string description, int most = int.MaxValue) => new(name)
    {
        Description = description, HelpName = "N", CustomParser = argument => WholeNumber(argument, name, most),
    };

    private static int? WholeNumber(ArgumentResult argument, string name, int most)
    {
        var text = argument.Tokens is [var token] ? token.Value : "";
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            argument.AddError($"{name} {text}: expected a whole number.");
        else if (number < 1 || number > most)
            argument.AddError(number < 1 ? $"{name} must be at least 1, not {number}." : $"{name} must be at most {most}, not {number}.");
        else
            return (int)number;
        return null;
    }
}
