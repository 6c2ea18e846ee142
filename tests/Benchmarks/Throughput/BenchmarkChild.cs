using System.Diagnostics;
using System.Text.Json;

namespace Distributed.Benchmarks.Throughput;

/// <summary>This program once more, for one answer: a line of JSON.</summary>
internal static class BenchmarkChild
{
    /// <summary>Starts the child with these arguments and waits for its answer.</summary>
    public static T Ask<T>(IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;
        var answer = process.StandardOutput.ReadLine();
        process.WaitForExit();
        return answer is null ? throw new InvalidOperationException($"a benchmark process ended with code {process.ExitCode}") : JsonSerializer.Deserialize<T>(answer)!;
    }
}
