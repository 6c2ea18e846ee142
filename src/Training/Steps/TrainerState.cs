using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;
using Distributed.Training.Optimization;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>Copies parameters, moments and counters to and from the buffer that peers and checkpoints get.</summary>
internal sealed class TrainerState(FlatParameters parameters, AdamW optimizer)
{
    public StateLayout Layout { get; } = new(parameters.Slots, parameters.Length);

    // In the layout's order.
    private Tensor[] Sections => [parameters.Values, optimizer.FirstMoment, optimizer.SecondMoment];

    public void Export(Span<byte> state, long stepsDecided)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(state.Length, Layout.StateBytes);
        Layout.WriteCounters(state, optimizer.StepCount, stepsDecided);
        foreach (var section in Sections)
        {
            new TensorMemory<byte>(section).GetSpan().CopyTo(state);
            state = state[(int)Layout.SectionBytes..];
        }
    }

    /// <summary>Takes the state over and returns the steps it includes.</summary>
    public long Import(ReadOnlySpan<byte> state)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(state.Length, Layout.StateBytes);
        optimizer.StepCount = Layout.StepsApplied(state);
        var stepsDecided = Layout.StepsDecided(state);
        foreach (var section in Sections)
        {
            state[..(int)Layout.SectionBytes].CopyTo(new TensorMemory<byte>(section).GetSpan());
            state = state[(int)Layout.SectionBytes..];
        }

        return stepsDecided;
    }
}
