namespace Distributed.Training.Checkpoints;

/// <summary>A checkpoint that is complete and on the disk.</summary>
/// <param name="StepsDecided">Steps that its state includes.</param>
/// <param name="Folder">Where it is, absolute.</param>
/// <param name="ManifestSha256">SHA-256 of its manifest, hexadecimal: names every byte of it.</param>
public sealed record SealedCheckpoint(long StepsDecided, string Folder, string ManifestSha256);
