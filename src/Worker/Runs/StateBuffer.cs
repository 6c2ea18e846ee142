using Distributed.Training.Checkpoints;

namespace Distributed.Worker.Runs;

/// <summary>A buffer for one state, made when first needed and kept: fresh pages are dear.</summary>
internal sealed class StateBuffer(StateLayout layout)
{
    private TrainingState? _state;

    /// <summary>The state; what is in it is undefined at first.</summary>
    public TrainingState State => _state ??= new TrainingState(layout);
}
