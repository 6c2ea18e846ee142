namespace Distributed.Benchmarks.Throughput;

/// <summary>The work of one side of a comparison.</summary>
internal interface IBenchmarkStep
{
    /// <summary>One optimizer step on a global batch, or one window of texts encoded: the same rows on every side.</summary>
    Task<StepFigures> RunAsync(long step);
}
