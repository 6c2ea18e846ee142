using System.Collections.Immutable;

namespace Distributed.Jobs.Yaml;

// Texts, files and folders.
internal sealed partial class Section
{
    /// <summary>Text that has to be there.</summary>
    public string RequiredText(string key)
    {
        if (Find(key) is { } value)
            return ReadText(value, key) ?? "";
        Missing(key);
        return "";
    }

    /// <summary>Text.</summary>
    public string Text(string key, string @default) => OptionalText(key) ?? @default;

    /// <summary>Text; null where none is given.</summary>
    public string? OptionalText(string key) => Find(key) is { } value ? ReadText(value, key) : null;

    /// <summary>One text or a list of them, none twice.</summary>
    public ImmutableArray<string> Texts(string key, ImmutableArray<string> @default) =>
        Find(key) is { } value && ReadTexts(value, key) is { IsEmpty: false } texts ? [.. texts.Select(text => text.Value)] : @default;

    /// <summary>An existing file, by its absolute path.</summary>
    public string RequiredFile(string key)
    {
        var file = RequiredText(key);
        return file.Length == 0 ? file : ExistingFile(file, key, scope.LineOf(PathOf(key)));
    }

    /// <summary>One existing file or a list of them, by their absolute paths.</summary>
    public ImmutableArray<string> RequiredFiles(string key)
    {
        if (Find(key) is { } value)
            return [.. ReadTexts(value, key).Select(file => ExistingFile(file.Value, key, file.Line))];
        Missing(key);
        return [];
    }

    /// <summary>An existing folder, by its absolute path; null where none is given.</summary>
    public string? OptionalFolder(string key)
    {
        if (OptionalText(key) is not { } folder)
            return null;
        var absolute = scope.Absolute(folder);
        if (!Directory.Exists(absolute))
            Report(key, $"no such folder: {absolute}");
        return absolute;
    }

    /// <summary>An existing folder that has to be given, by its absolute path.</summary>
    public string? RequiredFolder(string key)
    {
        if (!Gives(key))
            Missing(key);
        return OptionalFolder(key);
    }

    /// <summary>The id of a model on the hub; null where none is given.</summary>
    public string? OptionalHubId(string key)
    {
        var id = OptionalText(key);
        if (id is not null && !HubId.TryParse(id, out _))
            Report(key, $"'{id}' is no model of the hub: expected org/name or org/name@revision");
        return id;
    }

    /// <summary>A folder that will be written to, by its absolute path.</summary>
    public string RequiredNewFolder(string key)
    {
        var folder = RequiredText(key);
        if (folder.Length == 0)
            return folder;
        var absolute = scope.Absolute(folder);
        if (File.Exists(absolute))
            Report(key, $"{absolute} is a file");
        return absolute;
    }

    private string? ReadText(YamlNode value, string key)
    {
        if (value is YamlScalar { IsNull: false } scalar && !string.IsNullOrWhiteSpace(scalar.Value) && !scalar.Value.Any(char.IsControl))
            return scalar.Value;
        Report(value, key, value switch
        {
            YamlScalar { Value: var text } when text.Any(char.IsControl) => "expected text on one line, without control characters",
            YamlScalar => "expected text, found nothing",
            _ => $"expected text, found {value.Kind}",
        });
        return null;
    }

    private ImmutableArray<YamlScalar> ReadTexts(YamlNode value, string key)
    {
        if (value is YamlList { Items.IsEmpty: true })
            Report(value, key, "expected text or a list of texts, found an empty list");
        var items = value is YamlList list ? list.Items : [value];
        var texts = items.Where(item => ReadText(item, key) is not null).Cast<YamlScalar>().ToImmutableArray();
        foreach (var twice in texts.GroupBy(text => text.Value).Where(group => group.Count() > 1))
            Report(twice.Last(), key, $"'{twice.Key}' is listed twice");
        return texts;
    }

    private string ExistingFile(string file, string key, int fileLine)
    {
        var absolute = scope.Absolute(file);
        if (!File.Exists(absolute))
            scope.Mistakes.Add(fileLine, PathOf(key), Directory.Exists(absolute) ? $"{absolute} is a folder" : $"no such file: {absolute}");
        return absolute;
    }

    private void Missing(string key)
    {
        var isSectionUnread = scope.Mistakes.Concern(path);
        if (!isSectionUnread)
            Report(key, "is missing");
    }

    private void Report(string key, string message) => scope.Mistakes.Add(scope.LineOf(PathOf(key), line), PathOf(key), message);
}
