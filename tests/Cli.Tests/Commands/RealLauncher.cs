using System.Diagnostics;
using System.Runtime.InteropServices;
using Distributed.Cli.Tests.JobFiles;
using Distributed.Cli.Tests.Launching;

namespace Distributed.Cli.Tests.Commands;

/// <summary>The real command in a process of its own, laid out as after a publish, with scripts in the place of the other programs.</summary>
internal sealed partial class RealLauncher : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("distributed-cli-");

    public RealLauncher()
    {
        var home = _root.CreateSubdirectory("Cli");
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
            if (Path.GetExtension(file) == ".dll" || Path.GetFileName(file).StartsWith("distributed.", StringComparison.Ordinal))
                File.Copy(file, Path.Combine(home.FullName, Path.GetFileName(file)));
    }

    /// <summary>Path of the command.</summary>
    public string Program => Path.Combine(_root.FullName, "Cli", "distributed.dll");

    public FakePrograms Fakes { get; } = new();

    public SampleJob Sample { get; } = new();

    /// <summary>Makes <paramref name="script"/> the program of a project.</summary>
    public void Install(string project, string script)
    {
        var path = Path.Combine(_root.CreateSubdirectory(project).FullName, $"Distributed.{project}");
        File.WriteAllText(path, $"#!/bin/bash\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Starts `distributed` with <paramref name="arguments"/>.</summary>
    public RunningLauncher Start(params IEnumerable<string> arguments) => new(Process.Start(
        new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Sample.Folder,
        })!);

    /// <summary>Starts `distributed train` of the sample job into the fakes' output folder.</summary>
    public RunningLauncher Train(params IEnumerable<string> more) => Start(["train", Sample.File, "--output", Fakes.OutputFolder, .. more]);

    /// <summary>The same as the child of a process whose command line is `dotnet run`.</summary>
    public RunningLauncher TrainBelowDotnetRun()
    {
        Sample.Write("run", $"dotnet '{Program}' train '{Sample.File}' --output '{Fakes.OutputFolder}'\nexit $?\n");
        return new RunningLauncher(Process.Start(new ProcessStartInfo("/bin/bash", ["-c", "exec -a dotnet /bin/bash run"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Sample.Folder,
        })!);
    }

    public void Dispose()
    {
        _root.Delete(recursive: true);
        Sample.Dispose();
        Fakes.Dispose();
    }

    /// <summary>One process of the command.</summary>
    internal sealed partial class RunningLauncher : IDisposable
    {
        private readonly Process _process;
        private readonly Task<string> _output;
        private readonly Task<string> _error;

        public RunningLauncher(Process process)
        {
            _process = process;
            _output = process.StandardOutput.ReadToEndAsync();
            _error = process.StandardError.ReadToEndAsync();
        }

        public void Signal(PosixSignal signal) => Assert.Equal(0, Send(_process.Id, signal == PosixSignal.SIGINT ? 2 : 15));

        public void Kill() => _process.Kill();

        public async Task<Ended> EndAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await _process.WaitForExitAsync(limit.Token);
            return new Ended(_process.ExitCode, await _output, await _error);
        }

        public void Dispose()
        {
            if (!_process.HasExited)
                _process.Kill();
            _process.Dispose();
        }

        [LibraryImport("libc", EntryPoint = "kill")]
        private static partial int Send(int pid, int signal);
    }

    /// <summary>What a process left.</summary>
    internal sealed record Ended(int ExitCode, string Output, string Error);
}
