namespace Distributed.Cli.JobFiles;

/// <summary>One key of a job and the value it gets instead of what the file says.</summary>
/// <param name="Key">Names joined by dots, for example optimizer.max_steps.</param>
/// <param name="Value">The value as it would stand in the file.</param>
internal sealed record JobOverride(string Key, string Value)
{
    /// <summary>The key that `--workers` sets.</summary>
    public const string WorkerCount = "workers.count";

    /// <summary>The key that `--max-steps` sets.</summary>
    public const string MaxSteps = "optimizer.max_steps";

    /// <summary>The key that `--output` sets.</summary>
    public const string OutputFolder = "output.folder";

    /// <summary>The names of <see cref="Key"/>, outermost first.</summary>
    public string[] Path => Key.Split('.');

    /// <summary>Reads `key=value`; null when <paramref name="text"/> is something else.</summary>
    public static JobOverride? Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            return null;
        var key = text[..equals].Trim();
        var isName = key.Split('.').All(name => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'));
        return isName ? new JobOverride(key, text[(equals + 1)..].Trim()) : null;
    }
}
