using System.Collections.Immutable;
using Distributed.Training.Optimization;

namespace Distributed.Training.Checkpoints;

/// <summary>
/// What the state of training consists of: the flat float32 parameters, AdamW's first moment, its second moment, each of <see cref="Length"/> elements; then
/// the tail: two int64, the number of applied steps and the number of decided steps, and the cross-batch memories. Little-endian, no gaps but those of the flat
/// parameters, which are 0. See <see cref="TrainingState"/>.
/// </summary>
/// <param name="Slots">Where each parameter lies in the flat parameters, in the order of the buffer.</param>
/// <param name="Length">Elements of the flat parameters, gaps included.</param>
public sealed record StateLayout(ImmutableArray<ParameterSlot> Slots, long Length)
{
    /// <summary>Sections of <see cref="Length"/> floats: the parameters and the two moments.</summary>
    public const int FlatSections = 3;

    private const int CounterBytes = 2 * sizeof(long);

    /// <summary>The cross-batch memories, in the order of their datasets; none by default.</summary>
    public ImmutableArray<MemoryLayout> Memories { get; init; } = [];

    /// <summary>Bytes of the whole state.</summary>
    public long StateBytes => (FlatSections * SectionBytes) + TailBytes;

    /// <summary>Bytes of the parameters, and of each moment.</summary>
    public long SectionBytes => Length * sizeof(float);

    /// <summary>Bytes of the counters and the cross-batch memories.</summary>
    public long TailBytes => MemoryStart(Memories.Length);

    /// <summary>Where a memory starts in the tail.</summary>
    public long MemoryStart(int memory) => CounterBytes + Memories.Take(memory).Sum(layout => layout.Bytes);
}
