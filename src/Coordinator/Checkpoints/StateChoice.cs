namespace Distributed.Coordinator.Checkpoints;

/// <summary>The state that a generation starts from, and where members that lack it get it.</summary>
/// <param name="StepsDecided">Steps that the state includes; fewer than were decided: the run goes back.</param>
/// <param name="SourceRank">The rank that holds it; null: it is read from <see cref="CheckpointFolder"/>.</param>
/// <param name="CheckpointFolder">The sealed checkpoint that rank 0 reads; null: a rank holds the state.</param>
/// <param name="IsBroadcast">Whether a member lacks it.</param>
internal sealed record StateChoice(long StepsDecided, int? SourceRank, string? CheckpointFolder, bool IsBroadcast)
{
    /// <summary>For a person.</summary>
    public string Source => CheckpointFolder is { } folder ? CheckpointFolders.NameOf(folder) : (IsBroadcast ? $"rank {SourceRank}" : "every member holds it");
}
