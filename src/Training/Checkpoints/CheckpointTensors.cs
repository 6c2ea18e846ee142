using Distributed.Training.Optimization;
using Distributed.Training.Safetensors;
using TorchSharp;

namespace Distributed.Training.Checkpoints;

/// <summary>The sections of a flat state as safetensors files: the parameters under their own names, the moments under theirs with a prefix.</summary>
internal static class CheckpointTensors
{
    public const string ModelFile = "model.safetensors";
    public const string OptimizerFile = "optimizer.safetensors";

    private static readonly string[] MomentPrefixes = ["exp_avg.", "exp_avg_sq."];

    public static void WriteModel(Stream stream, byte[] state, StateLayout layout)
    {
        using var scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(stream, Section(state, layout, 0, ""));
    }

    public static void WriteOptimizer(Stream stream, byte[] state, StateLayout layout)
    {
        using var scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(stream, MomentPrefixes.SelectMany((prefix, i) => Section(state, layout, i + 1, prefix)));
    }

    /// <exception cref="CheckpointException">The tensors are not those of <paramref name="layout"/>.</exception>
    public static void Read(string folder, StateLayout layout, Span<byte> state)
    {
        ReadSections(Path.Combine(folder, ModelFile), layout, [""], state[..checked((int)layout.SectionBytes)]);
        ReadSections(Path.Combine(folder, OptimizerFile), layout, MomentPrefixes, state.Slice((int)layout.SectionBytes, checked((int)(2 * layout.SectionBytes))));
    }

    private static IEnumerable<KeyValuePair<string, torch.Tensor>> Section(byte[] state, StateLayout layout, int index, string prefix) =>
        layout.Slots.Select(slot => KeyValuePair.Create(prefix + slot.Name, Copy(state.AsSpan(), (index * layout.SectionBytes) + (slot.Offset * sizeof(float)), slot)));

    private static torch.Tensor Copy(ReadOnlySpan<byte> state, long start, ParameterSlot slot)
    {
        var tensor = torch.empty([.. slot.Shape], torch.ScalarType.Float32);
        state.Slice(checked((int)start), checked((int)(slot.Count * sizeof(float)))).CopyTo(tensor.bytes);
        return tensor;
    }

    private static void ReadSections(string path, StateLayout layout, string[] prefixes, Span<byte> sections)
    {
        try
        {
            using var reader = SafetensorsReader.Open(path);
            if (reader.Tensors.Length != prefixes.Length * layout.Slots.Length)
                throw new CheckpointException(path, $"{reader.Tensors.Length} tensors, this model has {prefixes.Length * layout.Slots.Length} there");
            for (int section = 0; section < prefixes.Length; section++)
            {
                foreach (var slot in layout.Slots)
                    ReadTensor(path, reader, prefixes[section] + slot.Name, slot, sections[checked((int)(section * layout.SectionBytes))..]);
            }
        }
        catch (SafetensorsException e)
        {
            throw new CheckpointException(path, e.Reason, e);
        }
    }

    private static void ReadTensor(string path, SafetensorsReader reader, string name, ParameterSlot slot, Span<byte> section)
    {
        var entry = reader.Find(name);
        if (entry is null || entry.ScalarType != torch.ScalarType.Float32 || !entry.Shape.AsSpan().SequenceEqual(slot.Shape.AsSpan()))
            throw new CheckpointException(path, $"{name} is missing, or its shape is not [{string.Join(", ", slot.Shape)}]: it belongs to another model");
        using var tensor = reader.Read(name);
        tensor.bytes.CopyTo(section[checked((int)(slot.Offset * sizeof(float)))..]);
    }
}
