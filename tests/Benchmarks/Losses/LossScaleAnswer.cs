namespace Distributed.Benchmarks.Losses;

/// <summary>What a case took.</summary>
/// <param name="Seconds">Median time of loss and gradient.</param>
/// <param name="PeakBytes">Memory beyond the embeddings, at the highest.</param>
/// <param name="ProductSeconds">Time of one product [N, dim] × [dim, N] at the rate of products of 1024 × dim × 1024, in the same process.</param>
/// <param name="Value">The loss.</param>
internal sealed record LossScaleAnswer(double Seconds, long PeakBytes, double ProductSeconds, double Value);
