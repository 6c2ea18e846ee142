using System.Collections.Immutable;
using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;
using Distributed.Training.Optimization;

namespace Distributed.Training.Steps;

/// <summary>Shows parameters, moments, counters and memories as the state that peers and checkpoints get, and takes such a state over.</summary>
internal sealed class TrainerState
{
    private readonly AdamW _optimizer;
    private readonly ImmutableArray<MemoryRing> _memories;
    private readonly TrainingState _view;

    public TrainerState(FlatParameters parameters, AdamW optimizer, ImmutableArray<MemoryRing> memories)
    {
        (_optimizer, _memories) = (optimizer, memories);
        var layout = new StateLayout(parameters.Slots, parameters.Length) { Memories = [.. memories.Select(memory => memory.Layout)] };
        _view = new TrainingState(
            layout,
            [.. new[] { parameters.Values, optimizer.FirstMoment, optimizer.SecondMoment }.Select(section => new TensorMemory<float>(section).Memory)],
            new byte[layout.TailBytes]);
    }

    public StateLayout Layout => _view.Layout;

    /// <summary>The state without a copy of parameters and moments; memories are copied. The next call changes it, and so does the next step.</summary>
    public TrainingState View(long stepsDecided)
    {
        (_view.StepsApplied, _view.StepsDecided) = (_optimizer.StepCount, stepsDecided);
        for (var memory = 0; memory < _memories.Length; memory++)
            _memories[memory].Export(_view.MemoryOf(memory));
        return _view;
    }

    /// <summary>Takes the state over and returns the steps it includes.</summary>
    public long Import(TrainingState state)
    {
        state.CopyTo(_view);
        _optimizer.StepCount = state.StepsApplied;
        for (var memory = 0; memory < _memories.Length; memory++)
            _memories[memory].Import(_view.MemoryOf(memory));
        return state.StepsDecided;
    }
}
