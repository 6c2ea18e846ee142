using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Distributed.Benchmarks.Throughput;

/// <summary>A child process of one side, seen from the parent.</summary>
internal sealed class StepProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts this program again as a child.</summary>
    public StepProcess(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    /// <summary>Where the child of our side listens for its peers: the first line that it says.</summary>
    public string Endpoint() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("a benchmark process ended at its start");

    /// <summary>Tells the child of our side where all ranks listen.</summary>
    public void Connect(IEnumerable<string> endpoints) => _process.StandardInput.WriteLine(string.Join(' ', endpoints));

    /// <summary>Returns when the child is ready for steps.</summary>
    public void WaitUntilReady()
    {
        if (_process.StandardOutput.ReadLine() != StepChild.Ready)
            throw new InvalidOperationException("a benchmark process ended before its first step");
    }

    /// <summary>Asks for steps; <see cref="Answer"/> waits for them.</summary>
    public void Ask(int steps) => _process.StandardInput.WriteLine(steps.ToString(CultureInfo.InvariantCulture));

    /// <summary>Figures of the steps that were asked for last.</summary>
    public StepAnswer Answer() => _process.StandardOutput.ReadLine() is { } line
        ? JsonSerializer.Deserialize<StepAnswer>(line)!
        : throw new InvalidOperationException("a benchmark process ended during its steps");

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
