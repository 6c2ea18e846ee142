using Distributed.Data.Planning;

namespace Distributed.Benchmarks.Throughput;

/// <summary>One side of the comparison.</summary>
internal interface ITrainingStep
{
    /// <summary>One optimizer step on a global batch.</summary>
    Task<StepFigures> RunAsync(StepPlan plan);
}
