using System.Collections.Immutable;
using System.Globalization;

namespace Distributed.Benchmarks.Throughput;

/// <summary>
/// Runs the sides of a case by turns, a few steps at a time, so that a machine that slows down slows all of them, and prints rows per second
/// with the ratio to the first side, the peer.
/// </summary>
internal sealed class ThroughputRun(TextWriter output, int warmUpSteps, int rounds, int stepsPerRound)
{
    /// <summary>Steps after which a side is as fast as it will be.</summary>
    public const int DefaultWarmUpSteps = 2;

    /// <summary>Prints the table's heading.</summary>
    public void WriteHeading() => output.WriteLine(
        $"{"case",-18} {"side",-10} {"rows/s",9} {"x peer",7} {"rows/cpu-s",10} {"x peer",7} {"padding",8} {"peak MB",8} {"loss",7}  share of the step's time");

    /// <summary>Measures a case and ends its sides' processes.</summary>
    public void Run(string name, ImmutableArray<Contestant> sides)
    {
        try
        {
            foreach (var side in sides)
                side.WarmUp(warmUpSteps);
            for (var round = 0; round < rounds; round++)
                foreach (var side in sides)
                    side.Measure(stepsPerRound);
            foreach (var side in sides)
                output.WriteLine(Line(name, side, sides[0]));
        }
        finally
        {
            foreach (var side in sides)
                side.Dispose();
        }
    }

    private static double Economy(Contestant side) => side.Figures.Rows / side.ProcessorSeconds;

    private static string Line(string name, Contestant side, Contestant peer)
    {
        var parts = side.Figures.Parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Key} {part.Value / side.Figures.Seconds:P0}"));
        var (speed, ofPeer) = (side.Figures.RowsPerSecond, peer.Figures.RowsPerSecond);
        return string.Create(CultureInfo.InvariantCulture,
            $"{name,-18} {side.Name,-10} {speed,9:F1} {speed / ofPeer,7:F2} {Economy(side),10:F1} {Economy(side) / Economy(peer),7:F2} {side.Figures.Padding.Share,8:P1} {side.PeakBytes >> 20,8} {side.Figures.Loss,7:F3}  {string.Join(", ", parts)}");
    }
}
