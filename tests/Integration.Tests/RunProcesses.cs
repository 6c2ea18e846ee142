namespace Distributed.Integration.Tests;

/// <summary>Finds a run's processes by the folder that stands in their command lines.</summary>
internal static class RunProcesses
{
    /// <summary>Processes whose command line names <paramref name="folder"/>.</summary>
    public static IEnumerable<int> Of(string folder) => Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
        .Where(id => id > 0 && CommandLine(id).Contains(folder, StringComparison.Ordinal))
        .ToList();

    /// <summary>A process's command line with a blank after each argument; empty when it is gone.</summary>
    public static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
