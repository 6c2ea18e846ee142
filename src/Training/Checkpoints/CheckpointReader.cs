namespace Distributed.Training.Checkpoints;

/// <summary>Reads what <see cref="CheckpointWriter"/> sealed, and refuses everything else.</summary>
public static class CheckpointReader
{
    /// <summary>Verifies a checkpoint and fills a state from it.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="layout">The state's layout, which the checkpoint must have been written with.</param>
    /// <param name="state">Receives the state; <see cref="StateLayout.StateBytes"/> long.</param>
    /// <exception cref="CheckpointException">Incomplete, altered, or of another model.</exception>
    public static SealedCheckpoint Read(string folder, StateLayout layout, Span<byte> state)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfNotEqual(state.Length, layout.StateBytes);

        var (manifest, sha256) = CheckpointManifest.ReadVerified(folder);
        state.Clear();
        CheckpointTensors.Read(folder, layout, state);
        layout.WriteCounters(state, manifest.StepsApplied, manifest.StepsDecided);
        return new SealedCheckpoint(manifest.StepsDecided, folder, sha256);
    }
}
