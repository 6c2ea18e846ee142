using System.Diagnostics.CodeAnalysis;

namespace Distributed.Data.Planning;

/// <summary>The global batches of a run. Pure and thread-safe: a step's plan never changes.</summary>
public interface IStepPlans
{
    /// <summary>Steps of the whole run.</summary>
    long TotalSteps { get; }

    /// <summary>The global batch of one step, 0 ≤ step &lt; <see cref="TotalSteps"/>.</summary>
    [SuppressMessage("Naming", "CA1716", Justification = "A step is a step; no caller is written in Visual Basic.")]
    StepPlan Plan(long step);
}
