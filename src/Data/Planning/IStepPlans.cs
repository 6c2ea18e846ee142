namespace Distributed.Data.Planning;

/// <summary>The global batches of a run. Pure and thread-safe: a step's plan never changes.</summary>
public interface IStepPlans
{
    /// <summary>Steps of the whole run.</summary>
    long TotalSteps { get; }

    /// <summary>The global batch of one step, 0 ≤ step &lt; <see cref="TotalSteps"/>.</summary>
    StepPlan Plan(long step);
}
