using Distributed.Jobs;

namespace Distributed.Training.Optimization;

/// <summary>The learning rate of each step, a pure function: nothing to save, nothing to restore.</summary>
public static class LearningRateSchedule
{
    /// <summary>
    /// Rate of one step. It rises by a straight line over the first w steps, then follows the schedule's form to 0 at
    /// <paramref name="totalSteps"/>. As in transformers, step 0 of a warm-up has rate 0, and w is the ratio of all steps rounded up.
    /// </summary>
    /// <param name="step">Step of the run, from 0.</param>
    /// <param name="totalSteps">Steps of the whole run.</param>
    /// <param name="optimizer">Gives the highest rate.</param>
    /// <param name="schedule">Gives the warm-up and the form.</param>
    public static double Rate(long step, long totalSteps, OptimizerOptions optimizer, ScheduleOptions schedule)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(totalSteps);

        var warmup = schedule.WarmupSteps ?? (long)Math.Ceiling(schedule.WarmupRatio * totalSteps);
        if (step < warmup)
            return optimizer.LearningRate * (step / (double)warmup);

        var progress = Math.Min(1, (step - warmup) / (double)Math.Max(1, totalSteps - warmup));
        return optimizer.LearningRate * schedule.Kind switch
        {
            ScheduleKind.Linear => 1 - progress,
            ScheduleKind.Cosine => 0.5 * (1 + Math.Cos(Math.PI * progress)),
            ScheduleKind.Constant => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule.Kind, "Unknown form of schedule."),
        };
    }
}
