using System.Globalization;

namespace Distributed.Benchmarks.Throughput;

/// <summary>
/// Runs the sides of each case by turns, a few steps at a time, so that a machine that slows down slows all of them, and prints rows per second
/// with the ratio to the peer.
/// </summary>
internal sealed class ThroughputRun(TextWriter output, int rounds, int stepsPerRound)
{
    private const int WarmUpSteps = 2;

    /// <summary>Measures the cases one after another.</summary>
    public void Run(IEnumerable<ThroughputCase> cases)
    {
        output.WriteLine($"{"case",-18} {"side",-10} {"rows/s",9} {"x peer",7} {"rows/cpu-s",10} {"x peer",7} {"peak MB",8} {"loss",7}  share of the step's time");
        foreach (var benchmark in cases)
            Run(benchmark);
    }

    private void Run(ThroughputCase benchmark)
    {
        Contestant[] sides = [Contestant.Peer(benchmark), Contestant.Ours(benchmark, workers: 1), Contestant.Ours(benchmark, workers: 2)];
        try
        {
            foreach (var side in sides)
                side.WarmUp(WarmUpSteps);
            for (var round = 0; round < rounds; round++)
                foreach (var side in sides)
                    side.Measure(stepsPerRound);
            foreach (var side in sides)
                output.WriteLine(Line(benchmark, side, sides[0]));
        }
        finally
        {
            foreach (var side in sides)
                side.Dispose();
        }
    }

    private static double Economy(Contestant side) => side.Figures.Rows / side.ProcessorSeconds;

    private static string Line(ThroughputCase benchmark, Contestant side, Contestant peer)
    {
        var parts = side.Figures.Parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Key} {part.Value / side.Figures.Seconds:P0}"));
        var (speed, ofPeer) = (side.Figures.RowsPerSecond, peer.Figures.RowsPerSecond);
        return string.Create(CultureInfo.InvariantCulture,
            $"{benchmark.Name,-18} {side.Name,-10} {speed,9:F1} {speed / ofPeer,7:F2} {Economy(side),10:F1} {Economy(side) / Economy(peer),7:F2} {side.PeakBytes >> 20,8} {side.Figures.Loss,7:F3}  {string.Join(", ", parts)}");
    }
}
