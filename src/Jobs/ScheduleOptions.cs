namespace Distributed.Jobs;

/// <summary>Learning rate over the steps: a linear rise from 0, then a decay to 0 at the last step.</summary>
public sealed record ScheduleOptions
{
    /// <summary>Form of the decay. Default linear.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Linear;

    /// <summary>Share of all steps over which the rate rises, 0 to 1. Default 0.1. Ignored when <see cref="WarmupSteps"/> is set.</summary>
    public double WarmupRatio { get; init; } = 0.1;

    /// <summary>Steps over which the rate rises; null: by <see cref="WarmupRatio"/>.</summary>
    public int? WarmupSteps { get; init; }
}

/// <summary>Forms of the learning rate's decay.</summary>
public enum ScheduleKind
{
    /// <summary>Straight line to 0.</summary>
    Linear,

    /// <summary>Half a cosine to 0.</summary>
    Cosine,

    /// <summary>No decay.</summary>
    Constant,
}
