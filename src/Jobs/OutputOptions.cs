namespace Distributed.Jobs;

/// <summary>Where the model and the run's records go.</summary>
public sealed record OutputOptions
{
    /// <summary>Folder of the run: `model/` (the trained model), `checkpoints/`, `journal.db`, `logs/`.</summary>
    public required string Folder { get; init; }
}

/// <summary>How often the state of training is saved.</summary>
public sealed record CheckpointOptions
{
    /// <summary>Steps between two checkpoints. Default 100.</summary>
    public int EverySteps { get; init; } = 100;

    /// <summary>Sealed checkpoints kept, the newest ones. Default 2.</summary>
    public int Keep { get; init; } = 2;
}

/// <summary>Processes that `distributed train` starts.</summary>
public sealed record WorkerOptions
{
    /// <summary>Worker processes. Default 2; at most <see cref="BatchOptions.Shards"/>.</summary>
    public int Count { get; init; } = 2;

    /// <summary>Threads of each worker's matrix products. Default 1. Belongs to the job: another number changes last bits.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Where workers compute. Default auto: the processor, in this version.</summary>
    public DeviceKind Device { get; init; } = DeviceKind.Auto;
}

/// <summary>Where a worker computes.</summary>
public enum DeviceKind
{
    /// <summary>The processor, in this version.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU: workers of this version refuse it.</summary>
    Cuda,
}
