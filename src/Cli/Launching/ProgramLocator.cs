using System.Runtime.InteropServices;

namespace Distributed.Cli.Launching;

/// <summary>Finds the programs that this one starts.</summary>
/// <remarks>They lie beside it: in `../Worker` after a publish, in `../../Worker/release` after a build.
/// A `Distributed.Worker.dll` is run by the `dotnet` that runs this process; failing that, an executable `Distributed.Worker` is run itself.</remarks>
internal static class ProgramLocator
{
    /// <summary>The program of project <paramref name="project"/>, for example Worker.</summary>
    /// <param name="baseDirectory">The folder of this program.</param>
    /// <param name="project">Name of the program's project.</param>
    /// <exception cref="ProgramMissingException">It is in neither place.</exception>
    public static ChildCommand Find(string baseDirectory, string project)
    {
        var home = Path.TrimEndingDirectorySeparator(Path.GetFullPath(baseDirectory));
        string[] folders =
        [
            Path.GetFullPath(Path.Combine(home, "..", project)),
            Path.GetFullPath(Path.Combine(home, "..", "..", project, Path.GetFileName(home))),
        ];
        foreach (var folder in folders)
        {
            var program = Path.Combine(folder, $"Distributed.{project}");
            if (File.Exists(program + ".dll"))
                return new ChildCommand(DotnetHost(), [program + ".dll"]);
            if (File.Exists(program))
                return new ChildCommand(program, []);
        }

        throw new ProgramMissingException($"the program Distributed.{project} is neither in {folders[0]} nor in {folders[1]}: build the whole solution");
    }

    /// <summary>The `dotnet` whose runtime this process uses; the one on the path when that cannot be told.</summary>
    private static string DotnetHost()
    {
        // …/dotnet/shared/Microsoft.NETCore.App/10.0.x/
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(host) ? host : "dotnet";
    }
}
