using System.Collections.Immutable;

namespace Distributed.Jobs.Yaml;

// Prompts.
internal sealed partial class Section
{
    private const string PromptName = "name";

    /// <summary>A prompt: its text, or a section with the name of one of the model's; null where none is given.</summary>
    public PromptOptions? OptionalPrompt(string key) => Find(key) is { } value ? ReadPrompt(value, key) : null;

    /// <summary>A prompt for each of some columns, or a single one for all; null where none is given. Empty ones are left out.</summary>
    public ImmutableSortedDictionary<string, PromptOptions>? OptionalPrompts(string key, ImmutableArray<string> columns)
    {
        if (Find(key) is not { } value)
            return null;
        var prompts = value is YamlMapping mapping && !IsNamed(mapping, columns)
            ? mapping.Entries.Select(entry => (Column: entry.Key, Prompt: ReadColumnPrompt(entry, key, columns)))
            : AllColumns(ReadPrompt(value, key), columns);
        var given = prompts.Where(prompt => prompt.Prompt is { Text: not "" })
            .ToImmutableSortedDictionary(prompt => prompt.Column, prompt => prompt.Prompt!, StringComparer.Ordinal);
        return given.IsEmpty ? null : given;
    }

    // A single `name` is the model's prompt for all columns, unless a column is called so.
    private static bool IsNamed(YamlMapping mapping, ImmutableArray<string> columns) =>
        mapping.Entries is [{ Key: PromptName }] && !columns.Contains(PromptName);

    private static IEnumerable<(string Column, PromptOptions? Prompt)> AllColumns(PromptOptions? prompt, ImmutableArray<string> columns) =>
        columns.Select(column => (column, prompt));

    private PromptOptions? ReadColumnPrompt(YamlEntry entry, string key, ImmutableArray<string> columns)
    {
        if (columns.Contains(entry.Key))
            return entry.Value is YamlScalar { IsNull: true } ? null : ReadPrompt(entry.Value, $"{key}.{entry.Key}");
        scope.Mistakes.Add(entry.Line, PathOf(key), $"'{entry.Key}' is none of the columns {string.Join(", ", columns)}");
        return null;
    }

    private PromptOptions? ReadPrompt(YamlNode value, string key)
    {
        switch (value)
        {
            case YamlScalar { IsNull: false, Value: var text } when !text.Any(character => char.IsControl(character) && character is not ('\n' or '\t')):
                return new PromptOptions { Text = text };
            case YamlMapping { Entries: [{ Key: PromptName, Value: var name }] }:
                return ReadText(name, $"{key}.{PromptName}") is { } named ? new PromptOptions { Name = named } : null;
            default:
                Report(value, key, $"expected text, or {PromptName}: with the name of one of the model's prompts, found {value.Kind}");
                return null;
        }
    }
}
