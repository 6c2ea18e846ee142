using System.Text.Json.Serialization;

namespace Distributed.Jobs;

/// <summary>Where the model and the run's records go.</summary>
public sealed record OutputOptions
{
    /// <summary>Folder of the run: `model/` (the trained model), `checkpoints/`, `journal.db`, `logs/`.</summary>
    public required string Folder { get; init; }

    /// <summary>What is written of a model with adapters. Default merged.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public AdapterOutput Lora { get; init; } = AdapterOutput.Merged;
}

/// <summary>What is written of a model with adapters.</summary>
public enum AdapterOutput
{
    /// <summary>The whole model, the adapters added to its weights: it loads like any other.</summary>
    Merged,

    /// <summary>The adapters alone, in PEFT's format: the base model is needed beside them.</summary>
    Adapter,
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
