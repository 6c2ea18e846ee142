namespace Distributed.Worker.Verbs.Files;

/// <summary>Where an output may lie: a file that is there already is replaced, but none that the command itself reads.</summary>
internal static class OutputPlace
{
    private const string Console = "-";
    private const string ConsoleFile = "/dev/stdin";

    /// <summary>Why an output cannot be written; null: it can be.</summary>
    /// <param name="output">The file; `-`, standard output, takes no file's place.</param>
    /// <param name="model">Folder of the model, or its id.</param>
    /// <param name="inputs">Files that are read, with their options; null where one is not given, `-` for standard input.</param>
    public static string? Conflict(string output, string model, params ReadOnlySpan<(string Option, string? File)> inputs)
    {
        if (output == Console)
            return null;
        var real = RealPath.Of(output);
        foreach (var (option, file) in inputs)
            if (!string.IsNullOrEmpty(file) && RealPath.Of(file == Console ? ConsoleFile : file) == real)
                return $"--output {output}: {option} is the same file, and would be overwritten";
        return Directory.Exists(model) ? ConflictWithModel(output, model) : null;
    }

    /// <summary>Why an output cannot be written beside the files of a model; null: it can be.</summary>
    public static string? ConflictWithModel(string output, string folder)
    {
        if (output == Console)
            return null;
        // What has a name in the folder, though it is a link to elsewhere, belongs to the model too.
        var named = Path.Combine(RealPath.Of(Path.GetDirectoryName(Path.GetFullPath(output)) ?? output), Path.GetFileName(output));
        return IsIn(folder, named) || IsIn(folder, RealPath.Of(output)) ? $"--output {output}: it lies in the folder of the model" : null;
    }

    private static bool IsIn(string folder, string file) =>
        file.StartsWith(Path.TrimEndingDirectorySeparator(RealPath.Of(folder)) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
