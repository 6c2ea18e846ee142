namespace Distributed.Hub;

/// <summary>A model in the cache.</summary>
/// <param name="Folder">Its folder, by its absolute path. Its files are links into the cache: nothing may be written to them.</param>
/// <param name="Commit">Hash of the commit that the files are of.</param>
/// <param name="Warning">Why it may not be what was asked for, in one line: the hub was not reached, or what it has could not be stored. Null: it is.</param>
public sealed record HubModel(string Folder, string Commit, string? Warning = null);
