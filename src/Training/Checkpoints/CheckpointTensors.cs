using System.Collections.Immutable;
using Distributed.Training.Safetensors;
using TorchSharp;

namespace Distributed.Training.Checkpoints;

/// <summary>
/// A flat state as safetensors files: the parameters under their own names, the moments under theirs with a prefix, and the cross-batch memories, if there are
/// any.
/// </summary>
internal static class CheckpointTensors
{
    private static readonly string[] MomentPrefixes = ["exp_avg.", "exp_avg_sq."];

    /// <summary>The files of a state, by name, with the tensors in each.</summary>
    public static IEnumerable<(string Name, ImmutableArray<StatePlace> Places)> Files(StateLayout layout)
    {
        yield return ("model.safetensors", [.. Section(layout, 0, "")]);
        yield return ("optimizer.safetensors", [.. MomentPrefixes.SelectMany((prefix, moment) => Section(layout, moment + 1, prefix))]);
        if (!layout.Memories.IsEmpty)
            yield return ("memory.safetensors", [.. layout.Memories.SelectMany((memory, index) => Memory(memory, layout.MemoryStart(index)))]);
    }

    public static void Write(Stream stream, byte[] state, ImmutableArray<StatePlace> places)
    {
        using var scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(stream, places.Select(place => KeyValuePair.Create(place.Name, Copy(state, place))));
    }

    /// <exception cref="CheckpointException">The tensors are not those of <paramref name="layout"/>.</exception>
    public static void Read(string folder, StateLayout layout, Span<byte> state)
    {
        foreach (var (name, places) in Files(layout))
            Read(Path.Combine(folder, name), places, state);
    }

    private static IEnumerable<StatePlace> Section(StateLayout layout, int section, string prefix) => layout.Slots.Select(slot => new StatePlace(
        prefix + slot.Name, torch.ScalarType.Float32, slot.Shape, (section * layout.SectionBytes) + (slot.Offset * sizeof(float)), slot.Count * sizeof(float)));

    private static IEnumerable<StatePlace> Memory(MemoryLayout memory, long start)
    {
        yield return new StatePlace($"{memory.Dataset}.rows", torch.ScalarType.Int64, [1], start, sizeof(long));
        start += sizeof(long);
        foreach (var track in memory.Tracks)
        {
            yield return new StatePlace(track.Name, track.Type, track.Shape, start, track.Bytes);
            start += track.Bytes;
        }
    }

    private static torch.Tensor Copy(byte[] state, StatePlace place)
    {
        var tensor = torch.empty([.. place.Shape], place.Type);
        place.Of(state).CopyTo(tensor.bytes);
        return tensor;
    }

    private static void Read(string path, ImmutableArray<StatePlace> places, Span<byte> state)
    {
        try
        {
            using var reader = SafetensorsReader.Open(path);
            if (reader.Tensors.Length != places.Length)
                throw new CheckpointException(path, $"{reader.Tensors.Length} tensors, this model has {places.Length} there");
            foreach (var place in places)
                Read(path, reader, place, state);
        }
        catch (SafetensorsException e)
        {
            throw new CheckpointException(path, e.Reason, e);
        }
    }

    private static void Read(string path, SafetensorsReader reader, StatePlace place, Span<byte> state)
    {
        var entry = reader.Find(place.Name);
        if (entry is null || entry.ScalarType != place.Type || !entry.Shape.AsSpan().SequenceEqual(place.Shape.AsSpan()))
            throw new CheckpointException(path, $"{place.Name} is missing, or its shape is not [{string.Join(", ", place.Shape)}]: it belongs to another model");
        using var tensor = reader.Read(place.Name);
        tensor.bytes.CopyTo(place.Of(state));
    }
}
