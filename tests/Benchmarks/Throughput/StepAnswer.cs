namespace Distributed.Benchmarks.Throughput;

/// <summary>What a child answers.</summary>
/// <param name="Figures">Figures of the steps that were asked for.</param>
/// <param name="ProcessorSeconds">Processor time that the process spent on them, all threads.</param>
/// <param name="PeakBytes">Most memory that the process has held so far.</param>
internal sealed record StepAnswer(StepFigures Figures, double ProcessorSeconds, long PeakBytes);
