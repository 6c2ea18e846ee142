namespace Distributed.Jobs;

/// <summary>The embedding watch: figures of the space of embeddings every so many steps, and alarms where it goes wrong. It does not change the result.</summary>
public sealed record WatchOptions
{
    /// <summary>Steps between two measurements, from step 0; 0: none. Default 50: well below 1 % of training's time.</summary>
    public int EverySteps { get; init; } = 50;

    /// <summary>What an alarm does. Default: a line in the log.</summary>
    public AlarmResponse Alarms { get; init; } = AlarmResponse.Log;

    /// <summary>
    /// Measurements in a row that collapse and a stuck loss have to last. Default 3: a batch of near-duplicates, or a loss on its way down, passes the
    /// thresholds once or twice. What is not finite, or has exploded, is told at once.
    /// </summary>
    public int Patience { get; init; } = 3;

    /// <summary>
    /// Collapse: mean cosine of two texts from which on they count as one direction. Default 0.98. Measured on the bundled data: encoders with random weights
    /// start at 0.86 to 0.93, trained ones are at 0.1 and below, collapsed ones at 0.994 and above; dropout keeps even those below 1.
    /// </summary>
    public double CollapseCosine { get; init; } = 0.98;

    /// <summary>
    /// Explosion: mean length of the embeddings over that of the first measurement. Default 10: training that goes well stays within 2 on the bundled data.
    /// </summary>
    public double ExplosionFactor { get; init; } = 10;

    /// <summary>Whether a step is measured.</summary>
    public bool IsDue(long step) => EverySteps > 0 && step % EverySteps == 0;
}

/// <summary>What an alarm of the embedding watch does.</summary>
public enum AlarmResponse
{
    /// <summary>It is logged and shown.</summary>
    Log,

    /// <summary>It ends the run as failed as well.</summary>
    Stop,
}
