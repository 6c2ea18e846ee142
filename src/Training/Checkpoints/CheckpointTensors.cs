using System.Collections.Immutable;
using Distributed.Training.Safetensors;
using TorchSharp;

namespace Distributed.Training.Checkpoints;

/// <summary>
/// A state as safetensors files: the parameters under their own names, the moments under theirs with a prefix, and the cross-batch memories, if there are
/// any. Tensors go to the file and come from it a window at a time, without a copy of any.
/// </summary>
/// <param name="windowBytes">Most bytes at a time; a multiple of four.</param>
internal sealed class CheckpointTensors(int windowBytes)
{
    /// <summary>What is written and read at a time: stays in the cache while it is hashed.</summary>
    public const int DefaultWindowBytes = 1 << 20;

    private readonly int _windowBytes = windowBytes % sizeof(float) == 0 ? windowBytes : throw new ArgumentOutOfRangeException(nameof(windowBytes));

    private static readonly string[] MomentPrefixes = ["exp_avg.", "exp_avg_sq."];

    /// <summary>The files of a state, by name, with the tensors in each.</summary>
    public static IEnumerable<(string Name, ImmutableArray<StatePlace> Places)> Files(StateLayout layout)
    {
        yield return ("model.safetensors", [.. Section(layout, 0, "")]);
        yield return ("optimizer.safetensors", [.. MomentPrefixes.SelectMany((prefix, moment) => Section(layout, moment + 1, prefix))]);
        if (!layout.Memories.IsEmpty)
            yield return ("memory.safetensors", [.. layout.Memories.SelectMany((memory, index) => Memory(memory, layout.MemoryStart(index)))]);
    }

    public void Write(Stream stream, TrainingState state, ImmutableArray<StatePlace> places) => SafetensorsWriter.Write(stream, places.Select(place =>
        new SafetensorsContent(place.Name, SafetensorsDtypes.Of(place.Type), place.Shape, to => Write(to, state, place))));

    /// <exception cref="CheckpointException">The tensors are not those of the state's layout.</exception>
    public void Read(string folder, TrainingState state, CancellationToken cancellationToken)
    {
        foreach (var (name, places) in Files(state.Layout))
            Read(Path.Combine(folder, name), places, state, cancellationToken);
    }

    private static IEnumerable<StatePlace> Section(StateLayout layout, int section, string prefix) => layout.Slots.Select(slot => new StatePlace(
        prefix + slot.Name, torch.ScalarType.Float32, slot.Shape, section, slot.Offset * sizeof(float), slot.Count * sizeof(float)));

    private static IEnumerable<StatePlace> Memory(MemoryLayout memory, long start)
    {
        yield return new StatePlace($"{memory.Dataset}.rows", torch.ScalarType.Int64, [1], Section: null, start, sizeof(long));
        start += sizeof(long);
        foreach (var track in memory.Tracks)
        {
            yield return new StatePlace(track.Name, track.Type, track.Shape, Section: null, start, track.Bytes);
            start += track.Bytes;
        }
    }

    private void Write(Stream stream, TrainingState state, StatePlace place)
    {
        foreach (var window in place.Windows(_windowBytes))
            stream.Write(place.Of(state, window));
    }

    private void Read(string path, ImmutableArray<StatePlace> places, TrainingState state, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = SafetensorsReader.Open(path);
            if (reader.Tensors.Length != places.Length)
                throw new CheckpointException(path, $"{reader.Tensors.Length} tensors, this model has {places.Length} there");
            foreach (var place in places)
                Read(path, reader, place, state, cancellationToken);
        }
        catch (SafetensorsException e)
        {
            throw new CheckpointException(path, e.Reason, e);
        }
    }

    private void Read(string path, SafetensorsReader reader, StatePlace place, TrainingState state, CancellationToken cancellationToken)
    {
        var entry = reader.Find(place.Name);
        if (entry is null || entry.ScalarType != place.Type || !entry.Shape.AsSpan().SequenceEqual(place.Shape.AsSpan()))
            throw new CheckpointException(path, $"{place.Name} is missing, or its shape is not [{string.Join(", ", place.Shape)}]: it belongs to another model");
        foreach (var window in place.Windows(_windowBytes))
        {
            cancellationToken.ThrowIfCancellationRequested();
            reader.Read(entry, window.Start, place.Of(state, window));
        }
    }
}
