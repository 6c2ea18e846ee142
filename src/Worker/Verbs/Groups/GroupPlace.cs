namespace Distributed.Worker.Verbs.Groups;

/// <summary>One process's place among those that share a verb.</summary>
/// <param name="Rank">Its place.</param>
/// <param name="WorldSize">Number of processes.</param>
/// <param name="Peers">Folder in which they find each other; null: there is no launcher.</param>
/// <param name="HasLifeline">Whether it ends when its standard input closes.</param>
internal sealed record GroupPlace(int Rank, int WorldSize, DirectoryInfo? Peers, bool HasLifeline);
