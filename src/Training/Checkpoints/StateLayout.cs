using System.Buffers.Binary;
using System.Collections.Immutable;
using Distributed.Training.Optimization;

namespace Distributed.Training.Checkpoints;

/// <summary>
/// How the state of training lies in one buffer: the flat float32 parameters, AdamW's first moment, its second moment, each of <see cref="Length"/> elements;
/// then two int64, the number of applied steps and the number of decided steps; then the cross-batch memories. Little-endian, no gaps but those of the flat
/// parameters, which are 0.
/// </summary>
/// <param name="Slots">Where each parameter lies in the flat parameters, in the order of the buffer.</param>
/// <param name="Length">Elements of the flat parameters, gaps included.</param>
public sealed record StateLayout(ImmutableArray<ParameterSlot> Slots, long Length)
{
    /// <summary>The cross-batch memories, in the order of their datasets; none by default.</summary>
    public ImmutableArray<MemoryLayout> Memories { get; init; } = [];

    /// <summary>Bytes of the whole state.</summary>
    public long StateBytes => MemoryStart(Memories.Length);

    /// <summary>Bytes of the parameters, and of each moment.</summary>
    public long SectionBytes => Length * sizeof(float);

    /// <summary>Where a memory starts.</summary>
    public long MemoryStart(int memory) => (3 * SectionBytes) + (2 * sizeof(long)) + Memories.Take(memory).Sum(layout => layout.Bytes);

    /// <summary>Steps whose gradient was applied.</summary>
    public long StepsApplied(ReadOnlySpan<byte> state) => BinaryPrimitives.ReadInt64LittleEndian(state[Counters..]);

    /// <summary>Steps that were decided, applied or skipped.</summary>
    public long StepsDecided(ReadOnlySpan<byte> state) => BinaryPrimitives.ReadInt64LittleEndian(state[(Counters + sizeof(long))..]);

    /// <summary>Writes both counters.</summary>
    public void WriteCounters(Span<byte> state, long stepsApplied, long stepsDecided)
    {
        BinaryPrimitives.WriteInt64LittleEndian(state[Counters..], stepsApplied);
        BinaryPrimitives.WriteInt64LittleEndian(state[(Counters + sizeof(long))..], stepsDecided);
    }

    private int Counters => checked((int)(3 * SectionBytes));
}
