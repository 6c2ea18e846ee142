namespace Distributed.Benchmarks.Throughput;

/// <summary>What steps cost: of one, or summed over several.</summary>
/// <param name="Rows">Rows of the global batches.</param>
/// <param name="Seconds">Time from the first step's start to the last one's end.</param>
/// <param name="Loss">Loss of the last step.</param>
/// <param name="Parts">Seconds by part of the step, where the side measures them.</param>
internal sealed record StepFigures(long Rows, double Seconds, double Loss, Dictionary<string, double> Parts)
{
    /// <summary>No step yet.</summary>
    public static StepFigures None { get; } = new(0, 0, 0, []);

    /// <summary>Rows of global batches in a second.</summary>
    public double RowsPerSecond => Rows / Seconds;

    /// <summary>These steps and later ones.</summary>
    public StepFigures Then(StepFigures later) => new(
        Rows + later.Rows, Seconds + later.Seconds, later.Loss,
        Parts.Keys.Union(later.Parts.Keys).ToDictionary(part => part, part => Parts.GetValueOrDefault(part) + later.Parts.GetValueOrDefault(part)));
}
