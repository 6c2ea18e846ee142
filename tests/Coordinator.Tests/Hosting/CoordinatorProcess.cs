using System.Diagnostics;
using System.Text.Json;

namespace Distributed.Coordinator.Tests.Hosting;

/// <summary>The coordinator's program as a process of its own.</summary>
internal sealed class CoordinatorProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private CoordinatorProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public StreamWriter Input => _process.StandardInput;

    public static CoordinatorProcess Start(params ReadOnlySpan<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Distributed.Coordinator.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        return new CoordinatorProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return (_process.ExitCode, await _output, await _errors);
    }

    /// <summary>Waits until it listens and has said where.</summary>
    public async Task<JsonElement> AddressesAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, "coordinator.json");
        while (!File.Exists(path))
        {
            Assert.False(_process.HasExited, "the coordinator ended before it listened");
            await Task.Delay(20, cancellationToken);
        }

        return JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(path, cancellationToken));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
