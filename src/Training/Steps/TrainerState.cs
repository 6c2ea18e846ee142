using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;
using Distributed.Training.Optimization;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>Copies parameters, moments, counters and memories to and from the buffer that peers and checkpoints get.</summary>
internal sealed class TrainerState(FlatParameters parameters, AdamW optimizer, ImmutableArray<MemoryRing> memories)
{
    public StateLayout Layout { get; } = Limited(new(parameters.Slots, parameters.Length) { Memories = [.. memories.Select(memory => memory.Layout)] });

    private static StateLayout Limited(StateLayout layout) => layout.StateBytes <= Array.MaxLength
        ? layout
        : throw new JobConflictException(
            $"the state of training has {layout.StateBytes} bytes, {layout.Memories.Sum(memory => memory.Bytes)} of them in loss.memory: "
            + $"at most {Array.MaxLength} can be kept; freeze a part of the model (model.freeze: embeddings), train adapters (model.lora), or use a smaller model or fewer loss.memory.rows");

    // In the layout's order.
    private Tensor[] Sections => [parameters.Values, optimizer.FirstMoment, optimizer.SecondMoment];

    public void Export(Span<byte> state, long stepsDecided)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(state.Length, Layout.StateBytes);
        Layout.WriteCounters(state, optimizer.StepCount, stepsDecided);
        for (var memory = 0; memory < memories.Length; memory++)
            memories[memory].Export(state[(int)Layout.MemoryStart(memory)..]);
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
        for (var memory = 0; memory < memories.Length; memory++)
            memories[memory].Import(state[(int)Layout.MemoryStart(memory)..]);
        foreach (var section in Sections)
        {
            state[..(int)Layout.SectionBytes].CopyTo(new TensorMemory<byte>(section).GetSpan());
            state = state[(int)Layout.SectionBytes..];
        }

        return stepsDecided;
    }
}
