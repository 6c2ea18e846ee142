using System.Text.Json.Serialization;

namespace Distributed.Benchmarks.Throughput;

/// <summary>What steps cost: of one, or summed over several.</summary>
/// <param name="Rows">Rows of the global batches, or texts.</param>
/// <param name="Seconds">Time from the first step's start to the last one's end.</param>
internal sealed record StepFigures(long Rows, double Seconds)
{
    /// <summary>No step yet.</summary>
    public static StepFigures None { get; } = new(0, 0);

    /// <summary>Loss of the last step; null where there is none.</summary>
    public double? Loss { get; init; }

    /// <summary>Padding of the batches.</summary>
    public Padding Padding { get; init; }

    /// <summary>Seconds by part of the step, where the side measures them.</summary>
    public Dictionary<string, double> Parts { get; init; } = [];

    /// <summary>Rows in a second.</summary>
    [JsonIgnore] // no number before the first step
    public double RowsPerSecond => Rows / Seconds;

    /// <summary>These steps and later ones.</summary>
    public StepFigures Then(StepFigures later) => new(Rows + later.Rows, Seconds + later.Seconds)
    {
        Loss = later.Loss,
        Padding = Padding.And(later.Padding),
        Parts = Parts.Keys.Union(later.Parts.Keys).ToDictionary(part => part, part => Parts.GetValueOrDefault(part) + later.Parts.GetValueOrDefault(part)),
    };
}
