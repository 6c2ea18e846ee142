namespace Distributed.Jobs.Yaml;

/// <summary>What the sections of one job file share while it is read.</summary>
/// <param name="folder">Folder of the job file, from which its relative paths start.</param>
internal sealed class JobFileScope(string folder)
{
    /// <summary>What is wrong so far.</summary>
    public MistakeList Mistakes { get; } = new();

    /// <summary>Line of each key and section that the file has, by whole name.</summary>
    public Dictionary<string, int> Lines { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the file gives the key.</summary>
    public bool Gives(string keyPath) => Lines.ContainsKey(keyPath);

    /// <summary>Line of a key; where the file lacks it, of the section it belongs to.</summary>
    public int LineOf(string keyPath, int otherwise = 0)
    {
        for (var path = keyPath; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOf('.'))])
        {
            if (Lines.TryGetValue(path, out var line))
                return line;
        }
        return otherwise;
    }

    /// <summary>A path of the job file as an absolute one.</summary>
    public string Absolute(string path) => Path.GetFullPath(path, folder);

    /// <summary>Reports <paramref name="message"/> at the first of <paramref name="keys"/> that the file gives, unless one of them is wrong by itself.</summary>
    public void Require(bool isMet, string message, params ReadOnlySpan<string> keys)
    {
        if (isMet)
            return;
        foreach (var key in keys)
        {
            if (Mistakes.Concern(key))
                return;
        }
        foreach (var key in keys)
        {
            if (Gives(key))
            {
                Mistakes.Add(LineOf(key), message);
                return;
            }
        }
        Mistakes.Add(LineOf(keys[0]), message);
    }
}
