using System.Diagnostics;
using Distributed.Benchmarks.Throughput;
using Distributed.Jobs;
using Distributed.Training.Models;
using Distributed.Training.Steps;

namespace Distributed.Benchmarks.Ours;

/// <summary>The product's own step, as a worker does it once the coordinator has decided.</summary>
internal sealed class TrainerStep(BenchmarkData data, TimedCollectives collectives) : IBenchmarkStep, IDisposable
{
    private readonly Trainer _trainer = new(data.Job, Start(data.Job), data.Set, data.Plans, TimeProvider.System);

    /// <inheritdoc/>
    public async Task<StepFigures> RunAsync(long step)
    {
        var plan = data.Plans.Plan(step);
        collectives.Reset();
        var started = Stopwatch.GetTimestamp();
        var result = await _trainer.ComputeStepAsync(plan, collectives, CancellationToken.None);
        var computed = Stopwatch.GetTimestamp();
        _trainer.Apply(plan.Step);

        return new StepFigures(plan.Rows.Length, Stopwatch.GetElapsedTime(started).TotalSeconds)
        {
            Loss = result.Loss,
            Parts = new()
            {
                ["encode"] = result.Timings.Encode.TotalSeconds,
                ["gather"] = result.Timings.Gather.TotalSeconds - collectives.GatherWait,
                ["loss"] = result.Timings.Loss.TotalSeconds,
                ["backward"] = result.Timings.Backward.TotalSeconds,
                ["reduce"] = result.Timings.Reduce.TotalSeconds - collectives.ReduceWait,
                ["optimizer"] = Stopwatch.GetElapsedTime(computed).TotalSeconds,
                ["waiting"] = collectives.GatherWait + collectives.ReduceWait,
            },
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trainer.Dispose();
        _trainer.Model.Dispose();
    }

    private static EmbeddingModel Start(Job job) =>
        job.Model.Folder is { } folder ? EmbeddingModel.Load(folder, job.Model) : EmbeddingModel.Create(job.Model, job.Seed);
}
