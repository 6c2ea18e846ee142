using System.CommandLine;

namespace Distributed.Worker.Verbs;

/// <summary>Options that several verbs have.</summary>
internal static class VerbOptions
{
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
