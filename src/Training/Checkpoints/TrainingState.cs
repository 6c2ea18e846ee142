using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Distributed.Training.Checkpoints;

/// <summary>
/// The state of training in memory, as <see cref="StateLayout"/> says: a section of floats each for the parameters and the moments, which may have more than
/// 2 GiB, and one of bytes for the rest. Either buffers of its own, or a view of a trainer's memory, which changes when the trainer does.
/// </summary>
public sealed class TrainingState
{
    private const int StepsAppliedAt = 0;
    private const int StepsDecidedAt = sizeof(long);

    /// <summary>A state in new buffers; what is in them is undefined.</summary>
    public TrainingState(StateLayout layout)
        : this(
            layout,
            [.. Enumerable.Range(0, StateLayout.FlatSections).Select(_ => GC.AllocateUninitializedArray<float>(checked((int)layout.Length)).AsMemory())],
            GC.AllocateUninitializedArray<byte>(checked((int)layout.TailBytes)))
    {
    }

    /// <summary>A state in buffers that are there.</summary>
    /// <param name="layout">Its layout.</param>
    /// <param name="sections">Parameters, first and second moment, each of the layout's length.</param>
    /// <param name="tail">Counters and memories; <see cref="StateLayout.TailBytes"/> long.</param>
    public TrainingState(StateLayout layout, ImmutableArray<Memory<float>> sections, Memory<byte> tail)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sections.Length, StateLayout.FlatSections);
        foreach (var section in sections)
            ArgumentOutOfRangeException.ThrowIfNotEqual(section.Length, layout.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(tail.Length, layout.TailBytes);
        (Layout, Sections, Tail) = (layout, sections, tail);
    }

    /// <summary>What lies where.</summary>
    public StateLayout Layout { get; }

    /// <summary>The flat parameters, AdamW's first moment and its second.</summary>
    public ImmutableArray<Memory<float>> Sections { get; }

    /// <summary>The counters, then the cross-batch memories.</summary>
    public Memory<byte> Tail { get; }

    /// <summary>Steps whose gradient was applied.</summary>
    public long StepsApplied
    {
        get => BinaryPrimitives.ReadInt64LittleEndian(Tail.Span[StepsAppliedAt..]);
        set => BinaryPrimitives.WriteInt64LittleEndian(Tail.Span[StepsAppliedAt..], value);
    }

    /// <summary>Steps that were decided, applied or skipped.</summary>
    public long StepsDecided
    {
        get => BinaryPrimitives.ReadInt64LittleEndian(Tail.Span[StepsDecidedAt..]);
        set => BinaryPrimitives.WriteInt64LittleEndian(Tail.Span[StepsDecidedAt..], value);
    }

    /// <summary>The bytes of a cross-batch memory, the one of this place in the layout.</summary>
    public Span<byte> MemoryOf(int memory) => Tail.Span.Slice((int)Layout.MemoryStart(memory), (int)Layout.Memories[memory].Bytes);

    /// <summary>Copies everything to a state of the same layout.</summary>
    public void CopyTo(TrainingState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.Layout.Length, Layout.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.Tail.Length, Tail.Length);
        foreach (var (from, to) in Sections.Zip(other.Sections))
            from.CopyTo(to);
        Tail.CopyTo(other.Tail);
    }

    /// <summary>Sets everything to 0.</summary>
    internal void Clear()
    {
        foreach (var section in Sections)
            section.Span.Clear();
        Tail.Span.Clear();
    }

    /// <summary>Bytes of a section of floats, or of the tail.</summary>
    /// <param name="section">Place of the section; null: the tail.</param>
    /// <param name="start">First byte; in floats a multiple of four.</param>
    /// <param name="length">Number of bytes; in floats a multiple of four.</param>
    internal Span<byte> Bytes(int? section, long start, int length) => section is { } floats
        ? MemoryMarshal.AsBytes(Sections[floats].Span.Slice((int)(start / sizeof(float)), length / sizeof(float)))
        : Tail.Span.Slice((int)start, length);
}
