using System.Collections.Immutable;
using System.Text.Json;

namespace Distributed.Training.Models;

/// <summary>What a model wants to read before texts, by name: `prompts` of config_sentence_transformers.json. A prompt has no space of its own after it.</summary>
internal sealed class ModelPrompts
{
    private const string QueryName = "query";
    private const string DocumentName = "document";

    private readonly string _path;
    private readonly ImmutableSortedDictionary<string, string> _texts;

    private ModelPrompts(string path, ImmutableSortedDictionary<string, string> texts, string? defaultName)
    {
        _path = path;
        // As the peer completes them: a model without a prompt for documents has an empty one, even where it has one for passages.
        _texts = WithEmpty(WithEmpty(texts, QueryName), DocumentName);
        Default = defaultName is null ? "" : Named(defaultName);
    }

    /// <summary>A new model has none.</summary>
    public static ModelPrompts None { get; } = WithoutAny("the new model");

    /// <summary>The prompts by name, those for queries and documents among them, empty or not.</summary>
    public ImmutableSortedDictionary<string, string> Texts => _texts;

    /// <summary>The prompt of texts that name none.</summary>
    public string Default { get; }

    /// <summary>The prompt of queries.</summary>
    public string Query => _texts[QueryName];

    /// <summary>The prompt of what is searched.</summary>
    public string Document => _texts[DocumentName];

    /// <summary>The prompts of a folder.</summary>
    /// <exception cref="ModelFormatException">The file is damaged, or its default is none of its prompts.</exception>
    public static ModelPrompts Read(string folder, JsonFile? settings)
    {
        if (settings is null)
            return WithoutAny(folder);
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (settings.Value("prompts") is { } prompts)
        {
            if (prompts.ValueKind != JsonValueKind.Object)
                throw new ModelFormatException(settings.Path, "prompts is no object of texts by name");
            var named = new JsonFile(settings.Path, prompts);
            foreach (var prompt in prompts.EnumerateObject())
                texts[prompt.Name] = named.Text(prompt.Name) ?? "";
        }

        return new ModelPrompts(settings.Path, texts.ToImmutable(), settings.Text("default_prompt_name"));
    }

    /// <summary>The prompt of a name.</summary>
    /// <exception cref="ModelFormatException">There is none; the message has the names that are known.</exception>
    public string Named(string name) => _texts.TryGetValue(name, out var text)
        ? text
        : throw new ModelFormatException(_path, $"no prompt has the name '{name}'; the names are {string.Join(", ", _texts.Keys)}");

    private static ModelPrompts WithoutAny(string path) => new(path, ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal), defaultName: null);

    private static ImmutableSortedDictionary<string, string> WithEmpty(ImmutableSortedDictionary<string, string> texts, string name)
        => texts.ContainsKey(name) ? texts : texts.Add(name, "");
}
