using System.Collections.Immutable;
using TorchSharp;

namespace Distributed.Training.Checkpoints;

/// <summary>
/// How the cross-batch memory of one dataset lies in a state: the number of rows that it holds, an int64, then its tracks one after another, each with a
/// place for every row it can hold; places behind the rows held are 0.
/// </summary>
/// <param name="Dataset">Name of the dataset.</param>
/// <param name="Rows">Rows that it can hold.</param>
/// <param name="Columns">Texts of a row.</param>
/// <param name="Dim">Width of an embedding.</param>
public sealed record MemoryLayout(string Dataset, int Rows, int Columns, int Dim)
{
    /// <summary>Bytes of the memory in a state.</summary>
    public long Bytes => sizeof(long) + Tracks.Sum(track => track.Bytes);

    /// <summary>Embeddings of each column, text hashes of each column, labels.</summary>
    internal ImmutableArray<MemoryTrack> Tracks =>
    [
        .. Enumerable.Range(0, Columns).Select(column => new MemoryTrack($"{Dataset}.embeddings.{column}", torch.ScalarType.Float32, [Rows, Dim])),
        .. Enumerable.Range(0, Columns).Select(column => new MemoryTrack($"{Dataset}.text_hashes.{column}", torch.ScalarType.Int64, [Rows])),
        new MemoryTrack($"{Dataset}.labels", torch.ScalarType.Int32, [Rows]),
    ];
}

/// <summary>What a memory keeps of each of its rows.</summary>
/// <param name="Name">Its key in a checkpoint.</param>
/// <param name="Type">Type of its numbers.</param>
/// <param name="Shape">Rows first.</param>
internal sealed record MemoryTrack(string Name, torch.ScalarType Type, ImmutableArray<long> Shape)
{
    /// <summary>Bytes of all places.</summary>
    public long Bytes { get; } = Shape.Aggregate(1L, (product, size) => product * size) * (Type is torch.ScalarType.Int64 ? sizeof(long) : sizeof(int));
}
