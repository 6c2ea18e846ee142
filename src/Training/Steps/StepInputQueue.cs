using Distributed.Data.Planning;

namespace Distributed.Training.Steps;

/// <summary>
/// Prepares the next step's input in the background while the current one computes. A guess that turns out wrong, because the membership
/// changed in between, is thrown away and built again: it can cost time, never change a result.
/// </summary>
internal sealed class StepInputQueue(IStepPlans plans, StepInputBuilder builder) : IDisposable
{
    // Touched only by the thread that calls TakeAsync; the task itself touches nothing but its arguments.
    private Task<StepInput>? _next;
    private long _nextStep;
    private ShardRun _nextRun;

    /// <summary>The input of <paramref name="plan"/> for <paramref name="run"/>; starts preparing the step after it.</summary>
    public async ValueTask<StepInput> TakeAsync(StepPlan plan, ShardRun run)
    {
        var prepared = _next is not null && _nextStep == plan.Step && _nextRun == run ? _next : null;
        if (prepared is null)
            Settle();
        var input = prepared is null ? builder.Build(plan, run) : await prepared.ConfigureAwait(false);

        _next = null;
        if (plan.Step + 1 < plans.TotalSteps)
            (_nextStep, _nextRun, _next) = (plan.Step + 1, run, Task.Run(() => builder.Build(plans.Plan(plan.Step + 1), run)));
        return input;
    }

    /// <summary>Waits for the input that is being prepared: it uses the model, which may be disposed next.</summary>
    public void Dispose() => Settle();

    // Nobody uses the guess, so its failure is nobody's either: the step it was made for fails itself, if it comes to it.
    private void Settle() => _next?.ContinueWith(guess => _ = guess.Exception, TaskScheduler.Default).Wait();
}
