using System.Text.RegularExpressions;
using Distributed.Data.Planning;
using Distributed.Jobs.Yaml;

namespace Distributed.Training.Optimization;

/// <summary>A pattern over dotted names, as a job gives it: * stands for any characters, dots among them, ? for one.</summary>
internal sealed class NamePattern
{
    private const int NearestNames = 3;

    private readonly string _pattern;
    private readonly Regex _beginning;
    private readonly Regex _end;

    public NamePattern(string pattern)
    {
        _pattern = pattern;
        var expression = Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal);
        _beginning = Expression($@"^(?:{expression})(?:\.|\z)");
        _end = Expression($@"(?:^|\.)(?:{expression})\z");
    }

    /// <summary>Whether it matches a name or its first parts: `encoder.layer.1` takes all of that layer, and nothing of layer 10.</summary>
    public bool MatchesBeginning(string name) => _beginning.IsMatch(name);

    /// <summary>Whether it matches a name or its last parts, as PEFT's target_modules: `query` takes the queries of all layers.</summary>
    public bool MatchesEnd(string name) => _end.IsMatch(name);

    /// <summary>What to tell where it matches none of <paramref name="names"/>.</summary>
    /// <param name="key">The job's key that has it.</param>
    /// <param name="what">What the names are names of: "parameter".</param>
    /// <param name="names">The names.</param>
    public JobConflictException MatchesNothing(string key, string what, IEnumerable<string> names)
    {
        var wanted = _pattern.TrimEnd('*').Trim('.');
        var nearest = Suggestion.Nearest(wanted, names.SelectMany(Parts), NearestNames);
        return new($"{key}: '{_pattern}' matches no {what} of the model; the nearest names are {string.Join(", ", nearest)}");
    }

    // The name, and what stands before each of its dots.
    private static IEnumerable<string> Parts(string name)
    {
        for (var end = name.Length; end > 0; end = name.LastIndexOf('.', end - 1))
            yield return name[..end];
    }

    private static Regex Expression(string expression) => new(expression, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
}
