using Distributed.Protocol;
using Distributed.Training.Checkpoints;
using Distributed.Training.Steps;

namespace Distributed.Worker.Runs;

/// <summary>
/// Which steps the replica's state includes, and the gradient that was voted for and not decided yet. A gradient is applied at most once, and only on a
/// COMMIT of its step with its digest.
/// </summary>
internal sealed class ReplicaLedger(IReplica replica)
{
    private ulong? _pendingDigest;

    /// <summary>Steps that the state includes.</summary>
    public long StepsDecided => replica.StepsDecided;

    /// <summary>What to tell the coordinator before a generation.</summary>
    public HeldState Describe() => new()
    {
        StepsDecided = replica.StepsDecided,
        HasPending = _pendingDigest is not null,
        PendingDigest = _pendingDigest ?? 0,
    };

    /// <summary>The replica's pending gradient is being voted for.</summary>
    public void Hold(StepResult step) => _pendingDigest = step.GradientDigest;

    /// <summary>
    /// Does what was decided about step <see cref="StepsDecided"/>. False: the step is not over, the decision is of another step, or a step was skipped
    /// that this replica did not vote on; it then gets the state from another.
    /// </summary>
    /// <exception cref="ReplicaDivergedException">A gradient was committed that this replica does not hold.</exception>
    public bool TrySettle(Decision decision)
    {
        if (decision.Step != replica.StepsDecided)
            return false;
        switch (decision.Outcome)
        {
            case Outcome.Commit:
                if (_pendingDigest != decision.GradientDigest)
                    throw new ReplicaDivergedException(decision.Step, _pendingDigest, decision.GradientDigest);
                _pendingDigest = null;
                replica.Apply(decision.Step);
                return true;
            case Outcome.Skip when _pendingDigest is null:
                return false;
            case Outcome.Skip:
                _pendingDigest = null;
                replica.Skip(decision.Step);
                return true;
            default:
                Discard();
                return false;
        }
    }

    /// <summary>Drops a gradient that was not decided.</summary>
    public void Discard()
    {
        _pendingDigest = null;
        replica.Discard();
    }

    /// <summary>Takes another replica's state over.</summary>
    public void Import(TrainingState state)
    {
        Discard();
        replica.ImportState(state);
    }
}
