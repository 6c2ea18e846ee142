namespace Distributed.Hub;

/// <summary>How far a download is.</summary>
/// <param name="File">The file that is being fetched.</param>
/// <param name="Bytes">Bytes that have arrived, of all files.</param>
/// <param name="TotalBytes">Bytes that are needed, of all files.</param>
public readonly record struct HubProgress(string File, long Bytes, long TotalBytes);
