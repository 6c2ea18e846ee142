namespace Distributed.Cli.Launching;

/// <summary>How a user calls this program.</summary>
internal static class OwnName
{
    private const string Name = "distributed";

    /// <summary>The words that start it: its bare name where that is on the path, otherwise the way to it from here.</summary>
    /// <param name="processPath">The file that runs: the program, or `dotnet`.</param>
    /// <param name="programFolder">The folder of the program.</param>
    /// <param name="searchPath">The shell's PATH.</param>
    /// <param name="currentDirectory">Where the user is.</param>
    public static string[] Words(string? processPath, string programFolder, string? searchPath, string currentDirectory)
    {
        var home = Path.TrimEndingDirectorySeparator(programFolder);
        var isDotnet = Path.GetFileNameWithoutExtension(processPath) == "dotnet";
        if (!isDotnet && (searchPath ?? "").Split(Path.PathSeparator).Any(folder => Path.TrimEndingDirectorySeparator(folder) == home))
            return [Name];
        var relative = Path.GetRelativePath(currentDirectory, Path.Combine(home, Name));
        var program = relative.StartsWith("..", StringComparison.Ordinal) ? Path.Combine(home, Name) : relative;
        if (isDotnet)
            return ["dotnet", program + ".dll"];
        return [program.Contains(Path.DirectorySeparatorChar) ? program : "./" + program];
    }
}
