using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Distributed.Worker.Verbs;

/// <summary>Options that several verbs have.</summary>
internal static class VerbOptions
{
    /// <summary>Most tokens that go through the encoder together, where nothing is said.</summary>
    public const int DefaultBatchTokens = 4096;

    /// <summary>Threads where nothing is said: half of the processors. Threads that wait for one another lose more on a busy machine than they gain.</summary>
    public static int DefaultThreads => Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>The model that a command works with.</summary>
    public static Option<string> Model() => new("--model")
    {
        Description = "The model: its folder, or its id on the hub, such as sentence-transformers/all-MiniLM-L6-v2, with @ and a revision if need be.", Required = true, HelpName = "MODEL",
    };

    /// <summary>Threads of matrix products, at most one a processor: more only wait for one another. Null where it is not given.</summary>
    public static Option<int?> Threads(string description) => Positive("--threads", description, Environment.ProcessorCount);

    /// <summary>Most tokens that go through the encoder together. Null where it is not given.</summary>
    /// <param name="otherwise">What is said before <see cref="DefaultBatchTokens"/>.</param>
    public static Option<int?> BatchTokens(string otherwise = "default") =>
        Positive("--batch-tokens", $"Most tokens that go through the encoder together; {otherwise} {DefaultBatchTokens}.");

    /// <summary>A number of at least 1; null where it is not given.</summary>
    public static Option<int?> Positive(string name, string description, int most = int.MaxValue) => new(name)
    {
        Description = description, HelpName = "N", CustomParser = argument => WholeNumber(argument, name, most),
    };

    /// <summary>A number within limits; null where it is not given.</summary>
    public static Option<double?> Number(string name, string description, double least, double most) => new(name)
    {
        Description = description, HelpName = "X", CustomParser = argument => Number(argument, name, least, most),
    };

    /// <summary>One of several words; where it is not given, the type's first value, which is the first choice.</summary>
    public static Option<T> Choice<T>(string name, string description, params (string Word, T Value)[] choices)
        where T : struct, Enum => new(name)
    {
        Description = $"{description} Default: {choices[0].Word}.",
        HelpName = string.Join('|', choices.Select(choice => choice.Word)),
        CustomParser = argument =>
        {
            var text = Text(argument);
            foreach (var (word, value) in choices)
                if (word == text)
                    return value;
            argument.AddError($"{name} {text}: expected {string.Join(" or ", choices.Select(choice => choice.Word))}.");
            return default;
        },
    };

    /// <summary>The number that an argument is; null, and an error, where it is none within the limits.</summary>
    public static double? Number(ArgumentResult argument, string name, double least, double most)
    {
        var text = Text(argument);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            argument.AddError($"{name} {text}: expected a number.");
        else if (number < least || number > most)
            argument.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be at {(number < least ? "least" : "most")} {(number < least ? least : most)}, not {text}."));
        else
            return number;
        return null;
    }

    private static string Text(ArgumentResult argument) => argument.Tokens is [var token] ? token.Value : "";

    private static int? WholeNumber(ArgumentResult argument, string name, int most)
    {
        var text = Text(argument);
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            argument.AddError($"{name} {text}: expected a whole number.");
        else if (number < 1 || number > most)
            argument.AddError(number < 1 ? $"{name} must be at least 1, not {number}." : $"{name} must be at most {most}, not {number}.");
        else
            return (int)number;
        return null;
    }
}
