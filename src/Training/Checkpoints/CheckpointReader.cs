namespace Distributed.Training.Checkpoints;

/// <summary>Reads what <see cref="CheckpointWriter"/> sealed, and refuses everything else.</summary>
public static class CheckpointReader
{
    /// <summary>Verifies a checkpoint and fills a state from it.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="state">Receives the state; the checkpoint must have been written with its layout.</param>
    /// <param name="cancellationToken">Ends it; what is in the state is then undefined.</param>
    /// <exception cref="CheckpointException">Incomplete, altered, or of another model.</exception>
    public static SealedCheckpoint Read(string folder, TrainingState state, CancellationToken cancellationToken) =>
        Read(folder, state, CheckpointTensors.DefaultWindowBytes, cancellationToken);

    internal static SealedCheckpoint Read(string folder, TrainingState state, int windowBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);

        var (manifest, sha256) = CheckpointManifest.ReadVerified(folder, cancellationToken);
        state.Clear();
        new CheckpointTensors(windowBytes).Read(folder, state, cancellationToken);
        (state.StepsApplied, state.StepsDecided) = (manifest.StepsApplied, manifest.StepsDecided);
        return new SealedCheckpoint(manifest.StepsDecided, folder, sha256);
    }
}
