using System.Collections.Immutable;
using System.Globalization;

namespace Distributed.Jobs.Yaml;

/// <summary>
/// A section of a job file while it is read. Each getter asks for one key, reports what is wrong with it and goes on with the default.
/// A key that was never asked for is unknown: disposing of the section reports it.
/// </summary>
internal sealed class Section : IDisposable
{
    private readonly JobFileScope _scope;
    private readonly string _path;
    private readonly int _line;
    private readonly ImmutableArray<YamlEntry> _entries;
    private readonly List<string> _knownKeys = [];

    public Section(JobFileScope scope, string path, int line, ImmutableArray<YamlEntry> entries)
    {
        _scope = scope;
        _path = path;
        _line = line;
        _entries = entries;
    }

    /// <summary>The keys that were asked for.</summary>
    public IReadOnlyList<string> KnownKeys => _knownKeys;

    /// <summary>Whole name of a key: `model.new.heads`.</summary>
    public string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    /// <summary>A section inside this one, read as if it were empty where the file has none.</summary>
    public T Child<T>(string key, Func<Section, T> read) where T : class
    {
        if (OptionalChild(key, read) is { } options)
            return options;
        using var empty = new Section(_scope, PathOf(key), _line, []);
        return read(empty);
    }

    /// <summary>A section inside this one; null where the file has none.</summary>
    public T? OptionalChild<T>(string key, Func<Section, T> read) where T : class
    {
        if (Find(key) is not { } value)
            return null;
        if (value is YamlMapping mapping)
        {
            using var section = new Section(_scope, PathOf(key), _scope.LineOf(PathOf(key)), mapping.Entries);
            return read(section);
        }
        Report(value, key, $"expected a section with keys below it, found {value.Kind}");
        return null;
    }

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public int Int(string key, int @default, int min, int max = int.MaxValue) => OptionalInt(key, min, max) ?? @default;

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>; null where none is given.</summary>
    public int? OptionalInt(string key, int min, int max = int.MaxValue)
    {
        if (Find(key) is not { } value)
            return null;
        if (value is YamlScalar { IsQuoted: false } scalar
            && int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
            return number;
        var range = max == int.MaxValue ? $"of at least {min}" : $"from {min} to {max}";
        Report(value, key, $"expected a whole number {range}, found {value.Kind}");
        return null;
    }

    /// <summary>A number in <paramref name="range"/>.</summary>
    public double Number(string key, double @default, NumberRange range) => OptionalNumber(key, range) ?? @default;

    /// <summary>A number in <paramref name="range"/>; null where none is given.</summary>
    public double? OptionalNumber(string key, NumberRange range) => Find(key) is { } value ? ReadNumber(value, key, range) : null;

    /// <summary>A number in <paramref name="range"/>, or null where the file says `none`.</summary>
    public double? NumberOrNone(string key, double? @default, NumberRange range) => Find(key) switch
    {
        null => @default,
        YamlScalar { Value: "none" } => null,
        { } value => ReadNumber(value, key, range),
    };

    /// <summary>A yes or no.</summary>
    public bool Flag(string key, bool @default) => OptionalFlag(key) ?? @default;

    /// <summary>A yes or no; null where none is given.</summary>
    public bool? OptionalFlag(string key)
    {
        switch (Find(key))
        {
            case null: return null;
            case YamlScalar { IsQuoted: false, Value: "true" or "yes" }: return true;
            case YamlScalar { IsQuoted: false, Value: "false" or "no" }: return false;
            case { } value:
                Report(value, key, $"expected true or false, found {value.Kind}");
                return null;
        }
    }

    /// <summary>One of several words.</summary>
    public T Choice<T>(string key, T @default, params ReadOnlySpan<(string Word, T Value)> choices) where T : struct =>
        OptionalChoice(key, choices) ?? @default;

    /// <summary>One of several words; null where none is given.</summary>
    public T? OptionalChoice<T>(string key, params ReadOnlySpan<(string Word, T Value)> choices) where T : struct
    {
        if (Find(key) is not { } value)
            return null;
        var words = new List<string>();
        foreach (var choice in choices)
        {
            if (value is YamlScalar scalar && scalar.Value == choice.Word)
                return choice.Value;
            words.Add(choice.Word);
        }
        var hint = value is YamlScalar wrong ? Suggestion.For(wrong.Value, words) : "";
        Report(value, key, $"expected {string.Join(" or ", words)}, found {value.Kind}{hint}");
        return null;
    }

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
    public ImmutableArray<string> Texts(string key, ImmutableArray<string> @default)
    {
        switch (Find(key))
        {
            case null: return @default;
            case YamlScalar scalar: return ReadText(scalar, key) is { } single ? [single] : @default;
            case YamlList { Items.IsEmpty: false } list:
                var texts = list.Items.Select(item => ReadText(item, key)).OfType<string>().ToImmutableArray();
                foreach (var twice in texts.GroupBy(text => text).Where(group => group.Count() > 1))
                    Report(list, key, $"'{twice.Key}' is listed twice");
                return texts;
            case { } value:
                Report(value, key, $"expected text or a list of texts, found {(value is YamlList ? "an empty list" : value.Kind)}");
                return @default;
        }
    }

    /// <summary>One text or a list of them, at least one.</summary>
    public ImmutableArray<string> RequiredTexts(string key)
    {
        if (Texts(key, []) is { IsEmpty: false } texts)
            return texts;
        if (!_scope.Mistakes.Concern(PathOf(key)))
            Missing(key);
        return [];
    }

    /// <summary>An existing file, by its absolute path.</summary>
    public string RequiredFile(string key) => ExistingFile(key, RequiredText(key));

    /// <summary>Existing files, by their absolute paths.</summary>
    public ImmutableArray<string> RequiredFiles(string key) => [.. RequiredTexts(key).Select(file => ExistingFile(key, file))];

    /// <summary>An existing folder, by its absolute path; null where none is given.</summary>
    public string? OptionalFolder(string key)
    {
        if (OptionalText(key) is not { } folder)
            return null;
        var path = _scope.Absolute(folder);
        if (!Directory.Exists(path))
            Report(key, $"no such folder: {path}");
        return path;
    }

    /// <summary>A folder that will be written to, by its absolute path.</summary>
    public string RequiredNewFolder(string key)
    {
        var folder = RequiredText(key);
        if (folder.Length == 0)
            return folder;
        var path = _scope.Absolute(folder);
        if (File.Exists(path))
            Report(key, $"{path} is a file");
        return path;
    }

    /// <summary>Reports the keys that nobody asked for.</summary>
    public void Dispose()
    {
        foreach (var entry in _entries)
        {
            if (!_knownKeys.Contains(entry.Key))
                _scope.Mistakes.Add(entry.Line, $"unknown key '{PathOf(entry.Key)}'{Suggestion.For(entry.Key, _knownKeys)}");
        }
    }

    private YamlNode? Find(string key)
    {
        _knownKeys.Add(key);
        foreach (var entry in _entries)
        {
            if (entry.Key != key)
                continue;
            _scope.Lines[PathOf(key)] = entry.Line;
            return entry.Value is YamlScalar { IsNull: true } ? null : entry.Value;
        }
        return null;
    }

    private double? ReadNumber(YamlNode value, string key, NumberRange range)
    {
        if (value is YamlScalar { IsQuoted: false } scalar
            && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) && range.Contains(number))
            return number;
        Report(value, key, $"expected a number {range.Description}, found {value.Kind}");
        return null;
    }

    private string? ReadText(YamlNode value, string key)
    {
        if (value is YamlScalar { IsNull: false } scalar && !string.IsNullOrWhiteSpace(scalar.Value))
            return scalar.Value;
        Report(value, key, $"expected text, found {(value is YamlScalar ? "nothing" : value.Kind)}");
        return null;
    }

    private string ExistingFile(string key, string file)
    {
        if (file.Length == 0)
            return file;
        var path = _scope.Absolute(file);
        if (!File.Exists(path))
            Report(key, Directory.Exists(path) ? $"{path} is a folder" : $"no such file: {path}");
        return path;
    }

    private void Missing(string key) => _scope.Mistakes.Add(_scope.LineOf(PathOf(key), _line), PathOf(key), "is missing");

    private void Report(string key, string message) => _scope.Mistakes.Add(_scope.LineOf(PathOf(key), _line), PathOf(key), message);

    private void Report(YamlNode value, string key, string message) => _scope.Mistakes.Add(value.Line, PathOf(key), message);
}
