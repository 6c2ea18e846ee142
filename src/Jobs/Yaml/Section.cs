using System.Collections.Immutable;

namespace Distributed.Jobs.Yaml;

/// <summary>
/// A section of a job file while it is read. Each getter asks for one key, reports what is wrong with it and goes on with the default.
/// A key that was never asked for is unknown: disposing of the section reports it.
/// </summary>
/// <param name="scope">What all sections of the file share.</param>
/// <param name="path">Whole name of the section; empty for the top of the file.</param>
/// <param name="line">Line of the section's name; 0 for the top of the file.</param>
/// <param name="entries">What the file has in the section.</param>
internal sealed partial class Section(JobFileScope scope, string path, int line, ImmutableArray<YamlEntry> entries) : IDisposable
{
    private readonly List<string> _knownKeys = [];

    /// <summary>A section inside this one, read as if it were empty where the file has none.</summary>
    public T Child<T>(string key, Func<Section, T> read) where T : class
    {
        if (OptionalChild(key, read) is { } options)
            return options;
        using var empty = new Section(scope, PathOf(key), line, []);
        return read(empty);
    }

    /// <summary>A section inside this one; null where the file has none.</summary>
    public T? OptionalChild<T>(string key, Func<Section, T> read) where T : class
    {
        if (Find(key) is not { } value)
            return null;
        if (value is YamlMapping mapping)
        {
            using var section = new Section(scope, PathOf(key), scope.LineOf(PathOf(key)), mapping.Entries);
            return read(section);
        }
        Report(value, key, $"expected a section with keys below it, found {value.Kind}");
        return null;
    }

    /// <summary>A list of sections; one that is no list of sections is reported and read as empty.</summary>
    public ImmutableArray<T> Children<T>(string key, Func<Section, T> read) where T : class
    {
        if (Find(key) is not { } value)
            return [];
        if (value is not YamlList { Items: { IsEmpty: false } items } || items.Any(item => item is not YamlMapping))
        {
            Report(value, key, "expected a list of sections, each with keys of its own");
            return [];
        }
        return [.. items.Cast<YamlMapping>().Select((item, index) => ReadItem($"{PathOf(key)}[{index}]", item, read))];
    }

    private T ReadItem<T>(string itemPath, YamlMapping item, Func<Section, T> read) where T : class
    {
        scope.Lines[itemPath] = item.Line;
        using var section = new Section(scope, itemPath, item.Line, item.Entries);
        return read(section);
    }

    /// <summary>Whether the file gives a key of this section.</summary>
    public bool Gives(string key) => entries.Any(entry => entry.Key == key);

    /// <summary>Reports those of <paramref name="keys"/> that the file gives though nobody asked for them here.</summary>
    public void RefuseOthers(IEnumerable<string> keys, string reason)
    {
        foreach (var key in keys.Where(key => !_knownKeys.Contains(key) && Gives(key)))
        {
            Find(key);
            scope.Mistakes.Add(scope.LineOf(PathOf(key)), $"{PathOf(key)} {reason}");
        }
    }

    /// <summary>Takes <paramref name="keys"/> as they are, whether the file gives them or not.</summary>
    public void PassOver(IEnumerable<string> keys) => _knownKeys.AddRange(keys);

    /// <summary>Reports the keys that nobody asked for.</summary>
    public void Dispose()
    {
        foreach (var entry in entries)
        {
            if (!_knownKeys.Contains(entry.Key))
                scope.Mistakes.Add(entry.Line, $"unknown key '{PathOf(entry.Key)}'{Suggestion.For(entry.Key, _knownKeys)}");
        }
    }

    /// <summary>Whole name of a key: `model.new.heads`.</summary>
    private string PathOf(string key) => path.Length == 0 ? key : $"{path}.{key}";

    private YamlNode? Find(string key)
    {
        _knownKeys.Add(key);
        foreach (var entry in entries)
        {
            if (entry.Key != key)
                continue;
            scope.Lines[PathOf(key)] = entry.Line;
            return entry.Value is YamlScalar { IsNull: true } ? null : entry.Value;
        }
        return null;
    }

    private void Report(YamlNode value, string key, string message) => scope.Mistakes.Add(value.Line, PathOf(key), message);
}
