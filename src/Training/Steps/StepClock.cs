namespace Distributed.Training.Steps;

/// <summary>Adds up the time of a step's phases: each call names the phase that begins, and ends the one before.</summary>
internal sealed class StepClock(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private readonly TimeSpan[] _spent = new TimeSpan[Enum.GetValues<StepPhase>().Length];
    private StepPhase _phase = StepPhase.Encode;
    private long _since = time.GetTimestamp();

    public void Enter(StepPhase phase)
    {
        var now = time.GetTimestamp();
        _spent[(int)_phase] += time.GetElapsedTime(_since, now);
        (_phase, _since) = (phase, now);
    }

    public StepTimings Stop()
    {
        Enter(_phase);
        return new StepTimings
        {
            Encode = _spent[(int)StepPhase.Encode],
            Gather = _spent[(int)StepPhase.Gather],
            Loss = _spent[(int)StepPhase.Loss],
            Backward = _spent[(int)StepPhase.Backward],
            Reduce = _spent[(int)StepPhase.Reduce],
            Total = time.GetElapsedTime(_started),
        };
    }
}

/// <summary>Phases of a step, in their order; loss and backward alternate, shard by shard.</summary>
internal enum StepPhase
{
    Encode,
    Gather,
    Loss,
    Backward,
    Reduce,
}
