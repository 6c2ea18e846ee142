using System.CommandLine;
using Distributed.Jobs;

namespace Distributed.Cli.Commands;

/// <summary>`distributed init`: writes a job file to start from.</summary>
internal static class InitCommand
{
    private const string DefaultFile = "job.yaml";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "File to write; it must not exist.",
            DefaultValueFactory = _ => DefaultFile,
        };
        var command = new Command(
            "init",
            """
            Writes a job file with every key, its default and what it means.

            Example:
              distributed init job.yaml
            """)
        {
            file,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string file, TextWriter output, TextWriter error)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
            using var writer = new StreamWriter(stream);
            writer.Write(JobFile.Template);
        }
        catch (IOException) when (File.Exists(file))
        {
            error.WriteLine($"{file}: it exists already and is not overwritten");
            return ExitCodes.Refused;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error.WriteLine($"{file}: it cannot be written: {e.Message}");
            return ExitCodes.Refused;
        }

        output.WriteLine($"Wrote {file}. Edit it, then: distributed train {file}");
        return ExitCodes.Done;
    }
}
