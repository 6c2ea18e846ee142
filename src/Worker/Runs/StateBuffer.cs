using Distributed.Training.Checkpoints;

namespace Distributed.Worker.Runs;

/// <summary>A buffer for one exported state, made when first needed and kept: fresh pages are dear.</summary>
internal sealed class StateBuffer(StateLayout layout)
{
    private byte[]? _bytes;

    /// <summary>The whole buffer, <see cref="StateLayout.StateBytes"/> long.</summary>
    public byte[] Bytes => _bytes ??= GC.AllocateUninitializedArray<byte>(checked((int)layout.StateBytes));
}
